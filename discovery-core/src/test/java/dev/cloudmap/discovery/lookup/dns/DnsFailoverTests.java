package dev.cloudmap.discovery.lookup.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.lookup.dns.query.DnsServers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several servers, of which some fail.
 */
class DnsFailoverTests extends DnsSourceFixture {

	/** Short enough to wait for. */
	private static final Duration IMPATIENT = Duration.ofSeconds(1);

	@ParameterizedTest
	@ValueSource(ints = { Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTAUTH })
	void skipsAServerThatReturnsAnError(int rcode) throws Exception {
		ScriptedDnsServer unable = start().alwaysWith(rcode);
		serveOneInstance();
		assertThat(hosts(lookup(source(PATIENT, null, unable, this.server)))).containsExactly("10.0.0.1:8080");
		assertThat(unable.queries()).containsExactly("UDP SRV worker.corp.");
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void skipsAServerThatTimesOut() throws Exception {
		ScriptedDnsServer silent = start().silent();
		serveOneInstance();
		assertThat(hosts(lookup(source(IMPATIENT, null, silent, this.server)))).containsExactly("10.0.0.1:8080");
		assertThat(silent.queries()).containsExactly("UDP SRV worker.corp.");
	}

	@Test
	void queriesNoOtherServerAfterAnAnswer() throws Exception {
		ScriptedDnsServer second = start();
		assertThat(lookup(source(PATIENT, null, this.server, second)).isEmpty()).isTrue();
		assertThat(second.queries()).isEmpty();
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void reportsTheFailureOfEachServer() {
		ScriptedDnsServer silent = start().silent();
		ScriptedDnsServer refusing = start().alwaysWith(Rcode.REFUSED);
		this.server.alwaysWith(Rcode.SERVFAIL);
		assertThat(failure(source(IMPATIENT, null, silent, refusing, this.server)))
			.isInstanceOf(RegistryUnavailableException.class)
			.hasMessage("No DNS server answered worker.corp. SRV; " + shown(refusing) + ": REFUSED; "
					+ shown(this.server) + ": SERVFAIL; " + shown(silent) + ": no answer within 1000 ms, twice");
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void queriesEachServerTwiceAfterTimeouts() {
		ScriptedDnsServer second = start().silent();
		this.server.silent();
		long start = System.nanoTime();
		assertThat(failure(source(Duration.ofMillis(100), null, this.server, second)))
			.hasMessageContaining(shown(this.server) + ": no answer within 100 ms, twice")
			.hasMessageContaining(shown(second) + ": no answer within 100 ms, twice");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
		assertThat(Stream.of(this.server, second).map(ScriptedDnsServer::queries))
			.allSatisfy((queries) -> assertThat(queries).hasSize(2));
	}

	@Test
	void skipsAServerWithAnUnknownName() throws Exception {
		serveOneInstance();
		InetSocketAddress unknown = InetSocketAddress.createUnresolved("x".repeat(64), 53);
		DnsServers servers = () -> List.of(unknown, this.server.address());
		assertThat(hosts(lookup(source(PATIENT, null, servers)))).containsExactly("10.0.0.1:8080");
		assertThat(failure(source(PATIENT, null, () -> List.of(unknown))))
			.isInstanceOf(RegistryUnavailableException.class)
			.hasMessageContaining("x".repeat(64) + ":53: unknown host");
	}

	@Test
	void resolvesTheNameOfAServerLater() throws Exception {
		serveOneInstance();
		InetSocketAddress notYet = InetSocketAddress.createUnresolved("localhost", this.server.address().getPort());
		assertThat(hosts(lookup(source(PATIENT, null, () -> List.of(notYet))))).containsExactly("10.0.0.1:8080");
	}

	@Test
	void reportsMissingServers() {
		assertThat(failure(source(PATIENT, null))).isInstanceOf(RegistryUnavailableException.class)
			.hasMessageContaining("worker.corp.")
			.hasMessageContaining("set discovery.lookup.dns.servers");
	}

	private void serveOneInstance() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 i-1.worker.corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-1.worker.corp. A 10.0.0.1");
		});
	}

	private static String shown(ScriptedDnsServer server) {
		return "127.0.0.1:" + server.address().getPort();
	}

}
