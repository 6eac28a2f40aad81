package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DnsAliasesTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final ScriptedDnsServer server = ScriptedDnsServer.start();

	@AfterEach
	void stop() {
		this.server.close();
		this.threads.close();
	}

	@Test
	void followsAliasesWithinOneAnswer() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. CNAME w.corp.", "v.corp. SRV 1 1 8080 i-1.v.corp.",
				"w.corp. CNAME V.corp.");
		this.server.on("i-1.v.corp.", Type.A, "i-1.v.corp. CNAME node.corp.", "node.corp. A 10.0.0.1");
		assertThat(lookup()).containsExactly("i-1 10.0.0.1:8080");
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.", "UDP A i-1.v.corp.");
	}

	@Test
	void followsAliasesWithFurtherQueries() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. CNAME w.corp.", "w.corp. CNAME v.corp.");
		this.server.on("v.corp.", Type.SRV, "v.corp. CNAME u.corp.");
		this.server.on("u.corp.", Type.SRV, "u.corp. SRV 1 1 8080 i-1.u.corp.");
		this.server.on("i-1.u.corp.", Type.A, "i-1.u.corp. CNAME node.corp.");
		this.server.on("node.corp.", Type.A, "node.corp. A 10.0.0.1");
		assertThat(lookup()).containsExactly("i-1 10.0.0.1:8080");
	}

	@Test
	void anAliasOfAddressesUsesTheConfiguredPort() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. CNAME node.corp.");
		this.server.on("worker.corp.", Type.A, "worker.corp. CNAME node.corp.");
		this.server.on("worker.corp.", Type.AAAA, "worker.corp. CNAME node.corp.");
		this.server.on("node.corp.", Type.AAAA, "node.corp. AAAA 2001:db8::7");
		assertThat(lookup()).containsExactly("2001:db8:0:0:0:0:0:7:5000 2001:db8:0:0:0:0:0:7:5000");
	}

	@Test
	void anAliasOfAnUnknownNameHasNoInstances() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. CNAME gone.corp.");
		assertThat(lookup()).isEmpty();
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.", "UDP SRV gone.corp.");
	}

	@Test
	void doesNotQueryATargetWithoutRecordsAgain() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. CNAME node.corp.");
			return ScriptedDnsServer.add(answer, Section.AUTHORITY, "corp. SOA ns.corp. root.corp. 1 60 60 60 60");
		});
		this.server.on("worker.corp.", Type.A, "worker.corp. CNAME node.corp.", "node.corp. A 10.0.0.1");
		assertThat(lookup()).containsExactly("10.0.0.1:5000 10.0.0.1:5000");
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.", "UDP A worker.corp.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker.corp.", "w.corp." })
	void detectsCircularAliases(String back) {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. CNAME w.corp.");
		this.server.on("w.corp.", Type.SRV, "w.corp. CNAME " + back);
		assertThatThrownBy(this::lookup).hasCauseInstanceOf(InconclusiveLookupException.class)
			.hasMessageContaining("worker.corp. is a circular alias in DNS");
		assertThat(this.server.queries()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 9 })
	void followsAtMostEightAliases(int aliases) {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. CNAME a1.corp.");
			IntStream.range(1, aliases)
				.forEach((i) -> ScriptedDnsServer.add(answer, Section.ANSWER,
						"a" + i + ".corp. CNAME a" + (i + 1) + ".corp."));
			return ScriptedDnsServer.add(answer, Section.ANSWER, "a" + aliases + ".corp. SRV 0 0 0 .");
		});
		if (aliases == 8) {
			assertThat(lookup()).isEmpty();
		}
		else {
			assertThatThrownBy(this::lookup).hasMessageContaining("more than 8 aliases");
		}
	}

	@Test
	void ignoresRecordsOfOtherNames() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
					"other.corp. SRV 1 1 8080 evil.example.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-1.worker.corp. A 10.0.0.1",
					"evil.example. A 192.0.2.66");
		});
		assertThat(lookup()).containsExactly("i-1 10.0.0.1:8080");
	}

	@Test
	void keepsOtherTargetsIfOneIsUnresolved() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
				"worker.corp. SRV 1 1 8080 i-2.worker.corp.", "worker.corp. SRV 1 1 8080 i-3.worker.corp.");
		this.server.on("i-1.worker.corp.", Type.A, "i-1.worker.corp. CNAME i-1.worker.corp.");
		this.server.on("i-2.worker.corp.", Type.A, "i-2.worker.corp. A 10.0.0.2");
		this.server.on("i-3.worker.corp.", Type.A, (answer) -> {
			answer.getHeader().setRcode(Rcode.SERVFAIL);
			return answer;
		});
		assertThat(lookup()).containsExactly("i-2 10.0.0.2:8080");
		this.server.alwaysWith(Rcode.SERVFAIL);
		assertThatThrownBy(this::lookup).hasCauseInstanceOf(RegistryUnavailableException.class);
	}

	private List<String> lookup() throws CompletionException {
		return new DnsInstanceSource(() -> List.of(this.server.address()), SampleSettings.udp(Duration.ofSeconds(10)),
				this.threads.lookups(), this.threads.timer(), (service) -> 5000, new CallableInstances(Scope.ANYWHERE))
			.lookup(WORKER)
			.toCompletableFuture()
			.join()
			.instances()
			.stream()
			.map((instance) -> instance.id() + " " + instance.host() + ":" + instance.port())
			.toList();
	}

}
