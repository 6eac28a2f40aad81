package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Lost queries and answers, and targets that cannot be resolved.
 */
class LostDatagramTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	/** Long enough for a busy machine. */
	private static final Duration PATIENT = Duration.ofSeconds(10);

	/** Short enough to wait for. */
	private static final Duration IMPATIENT = Duration.ofMillis(300);

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final ScriptedDnsServer server = ScriptedDnsServer.start();

	private final ScriptedDnsServer second = ScriptedDnsServer.start();

	@AfterEach
	void stop() {
		this.server.close();
		this.second.close();
		this.threads.close();
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void retriesALostQuery() {
		serveTargets();
		this.server.on("i-2.worker.corp.", Type.A, lostOnce("i-2.worker.corp. A 10.0.0.2"));
		InstanceSet set = lookup(SampleSettings.udp(IMPATIENT), this.server);
		assertThat(set.instances()).extracting(Instance::host).containsExactly("10.0.0.1", "10.0.0.2");
		assertThat(set.unlocated()).isEmpty();
		assertThat(this.server.queries()).containsExactlyInAnyOrder("UDP SRV worker.corp.", "UDP A i-1.worker.corp.",
				"UDP A i-2.worker.corp.", "UDP A i-2.worker.corp.");
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void queriesOtherServersBeforeARetry() {
		this.server.on("worker.corp.", Type.SRV, lostOnce("worker.corp. SRV 1 1 8080 i-1.worker.corp."));
		this.server.on("i-1.worker.corp.", Type.A, "i-1.worker.corp. A 10.0.0.1");
		this.second.alwaysWith(Rcode.SERVFAIL);
		assertThat(lookup(SampleSettings.udp(IMPATIENT), this.server, this.second).instances())
			.extracting(Instance::host)
			.containsExactly("10.0.0.1");
		assertThat(this.second.queries()).containsExactly("UDP SRV worker.corp.");
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void stopsAtTheLookupTimeout() {
		this.server.silent();
		assertThatThrownBy(() -> lookup(SampleSettings.udp(PATIENT, Duration.ofMillis(400)), this.server, this.second))
			.hasCauseInstanceOf(RegistryUnavailableException.class)
			.hasMessageContaining("127.0.0.1:" + this.server.address().getPort() + ": no answer in time")
			.hasMessageContaining("127.0.0.1:" + this.second.address().getPort()
					+ ": not queried, no time is left (discovery.lookup.timeout)");
		assertThat(this.second.queries()).isEmpty();
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void anUnresolvedTargetDoesNotDelayOthers() {
		serveTargets();
		this.server.on("i-2.worker.corp.", Type.A, (answer) -> null);
		InstanceSet set = lookup(SampleSettings.udp(PATIENT, Duration.ofSeconds(1)), this.server);
		assertThat(set.instances()).extracting(Instance::id).containsExactly("i-1");
		assertThat(set.unlocated()).containsExactly("i-2");
	}

	@Test
	void listsAnUnresolvedTarget() {
		serveTargets();
		this.server.on("i-2.worker.corp.", Type.A, LostDatagramTests::failing);
		InstanceSet set = lookup(SampleSettings.udp(PATIENT), this.server);
		assertThat(set.instances()).extracting(Instance::id).containsExactly("i-1");
		assertThat(set.unlocated()).containsExactly("i-2");
	}

	@Test
	void doesNotListATargetWithoutAddress() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
				"worker.corp. SRV 1 1 8080 gone.worker.corp.", "worker.corp. SRV 1 1 8080 empty.worker.corp.");
		this.server.on("i-1.worker.corp.", Type.A, "i-1.worker.corp. A 10.0.0.1");
		this.server.on("empty.worker.corp.", Type.TXT, "empty.worker.corp. TXT text");
		InstanceSet set = lookup(SampleSettings.udp(PATIENT), this.server);
		assertThat(set.instances()).extracting(Instance::id).containsExactly("i-1");
		assertThat(set.unlocated()).isEmpty();
	}

	@Test
	void listsTargetsThatWereNotQueried() {
		IntStream.range(0, 200)
			.forEach((i) -> this.server.on("i-" + i + ".worker.corp.", Type.A, LostDatagramTests::failing));
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			IntStream.range(0, 200)
				.forEach((i) -> ScriptedDnsServer.add(answer, Section.ANSWER,
						"worker.corp. SRV 1 1 8080 i-" + i + ".worker.corp."));
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-0.worker.corp. A 10.0.0.1");
		});
		InstanceSet set = lookup(SampleSettings.udp(PATIENT), this.server);
		assertThat(set.instances()).extracting(Instance::id).containsExactly("i-0");
		assertThat(set.unlocated()).hasSize(199);
	}

	private void serveTargets() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
				"worker.corp. SRV 1 1 8080 i-2.worker.corp.");
		this.server.on("i-1.worker.corp.", Type.A, "i-1.worker.corp. A 10.0.0.1");
	}

	private static UnaryOperator<Message> lostOnce(String record) {
		AtomicInteger asked = new AtomicInteger();
		return (answer) -> (asked.getAndIncrement() == 0) ? null
				: ScriptedDnsServer.add(answer, Section.ANSWER, record);
	}

	private static Message failing(Message answer) {
		answer.getHeader().setRcode(Rcode.SERVFAIL);
		return answer;
	}

	private InstanceSet lookup(DnsSettings settings, ScriptedDnsServer... servers) throws CompletionException {
		return new DnsInstanceSource(() -> Stream.of(servers).map(ScriptedDnsServer::address).toList(), settings,
				this.threads.lookups(), this.threads.timer(), (service) -> null, new CallableInstances(Scope.ANYWHERE))
			.lookup(WORKER)
			.toCompletableFuture()
			.orTimeout(30, TimeUnit.SECONDS)
			.join();
	}

}
