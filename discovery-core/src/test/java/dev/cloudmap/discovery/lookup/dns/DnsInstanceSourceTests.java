package dev.cloudmap.discovery.lookup.dns;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InstanceSet.Detail;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class DnsInstanceSourceTests extends DnsSourceFixture {

	@Test
	void oneQueryReturnsAddressesAndPorts() throws Exception {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
					"worker.corp. SRV 1 1 8081 i-2.worker.corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-1.worker.corp. A 10.0.0.1",
					"i-2.worker.corp. A 10.0.0.2");
		});
		InstanceSet set = lookup();
		assertThat(set.instances()).extracting(Instance::id).containsExactly("i-1", "i-2");
		assertThat(hosts(set)).containsExactly("10.0.0.1:8080", "10.0.0.2:8081");
		assertThat(set.instances()).allSatisfy((instance) -> {
			assertThat(instance.service()).isEqualTo(WORKER);
			assertThat(instance.health()).isEqualTo(HealthStatus.UNKNOWN);
			assertThat(instance.attributes()).isEmpty();
		});
		assertThat(set.source()).isEqualTo("dns");
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.");
	}

	@Test
	void queriesAMissingAddressOnce() throws Exception {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
					"worker.corp. SRV 1 1 8080 node.example.", "worker.corp. SRV 1 1 8081 node.example.",
					"worker.corp. SRV 1 1 8080 gone.example.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-1.worker.corp. A 10.0.0.1");
		});
		this.server.on("node.example.", Type.A, "node.example. A 10.0.0.2");
		InstanceSet set = lookup();
		assertThat(hosts(set)).containsExactly("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.2:8081");
		assertThat(set.instances()).extracting(Instance::id)
			.containsExactly("i-1", "node.example:8080", "node.example:8081");
		assertThat(this.server.queries()).containsExactlyInAnyOrder("UDP SRV worker.corp.", "UDP A node.example.",
				"UDP A gone.example.");
	}

	@Test
	void findsAnInstanceRegisteredBetweenTwoQueries() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		this.server.on("worker.corp.", Type.SRV, (answer) -> (asked.getAndIncrement() == 0) ? answer
				: ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 i-1.worker.corp."));
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		this.server.on("i-1.worker.corp.", Type.A, "i-1.worker.corp. A 10.0.0.1");
		assertThat(hosts(lookup())).containsExactly("10.0.0.1:8080");
	}

	@Test
	void matchesNamesIgnoringCase() throws Exception {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 I-1.Worker.Corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-1.worker.corp. A 10.0.0.1");
		});
		assertThat(lookup().instances()).extracting(Instance::id).containsExactly("I-1");
		assertThat(this.server.queries()).hasSize(1);
	}

	@Test
	void usesTheMostPreferredPriorityOnly() throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 20 1 8080 spare.worker.corp.",
				"worker.corp. SRV 10 1 8080 i-1.worker.corp.", "worker.corp. SRV 10 9 8080 i-2.worker.corp.");
		this.server.on("i-1.worker.corp.", Type.A, "i-1.worker.corp. A 10.0.0.1");
		this.server.on("i-2.worker.corp.", Type.A, "i-2.worker.corp. A 10.0.0.2");
		this.server.on("spare.worker.corp.", Type.A, "spare.worker.corp. A 10.0.0.3");
		assertThat(lookup().instances()).extracting(Instance::id).containsExactly("i-1", "i-2");
		assertThat(this.server.queries()).doesNotContain("UDP A spare.worker.corp.");
	}

	@Test
	void differentWeightsAreAttributes() throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 10 0 8080 i-1.worker.corp.",
				"worker.corp. SRV 10 3 8080 i-2.worker.corp.", "worker.corp. SRV 10 65535 8080 i-3.worker.corp.",
				"worker.corp. SRV 20 1 8080 spare.worker.corp.");
		for (int i = 1; i <= 3; i++) {
			this.server.on("i-" + i + ".worker.corp.", Type.A, "i-" + i + ".worker.corp. A 10.0.0." + i);
		}
		assertThat(lookup().instances()).extracting((instance) -> instance.attributes().get("weight"))
			.containsExactly("0", "3", "65535");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 7 })
	void equalWeightsAreNoAttributes(int weight) throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 10 " + weight + " 8080 node.corp.",
				"worker.corp. SRV 10 " + weight + " 8081 node.corp.", "worker.corp. SRV 20 9 8080 node.corp.");
		this.server.on("node.corp.", Type.A, "node.corp. A 10.0.0.1");
		assertThat(lookup().instances()).hasSize(2)
			.allSatisfy((instance) -> assertThat(instance.attributes()).isEmpty());
	}

	@Test
	void addsTheWeightsOfDuplicateTargets() throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 8080 node.corp.",
				"worker.corp. SRV 1 2 8080 NODE.corp.", "worker.corp. SRV 1 2 8080 node.corp.",
				"worker.corp. SRV 1 1 8081 node.corp.");
		this.server.on("node.corp.", Type.A, "node.corp. A 10.0.0.1");
		assertThat(lookup().instances())
			.extracting((instance) -> instance.port() + "*" + instance.attributes().get("weight"))
			.containsExactly("8080*3", "8081*1");
	}

	@Test
	void ignoresATargetWithoutPort() throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 0 node.corp.",
				"worker.corp. SRV 1 1 65535 node.corp.");
		this.server.on("node.corp.", Type.A, "node.corp. A 10.0.0.1");
		assertThat(hosts(lookup())).containsExactly("10.0.0.1:65535");
	}

	@Test
	void theRootAsTargetMeansNoInstances() throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 0 0 0 .");
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		assertThat(lookup(source(PATIENT, 8080, this.server)).isEmpty()).isTrue();
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "i-1", "host.example", "a/b", "10.0.0.1:8080", "team@host_1" })
	void theFirstLabelIsTheInstanceId(String id) throws Exception {
		String target = id.replace(".", "\\.").replace("@", "\\@") + ".worker.corp.";
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 " + target);
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, target + " A 10.0.0.1");
		});
		assertThat(lookup().instances()).extracting(Instance::id).containsExactly(id);
	}

	@ParameterizedTest
	@CsvSource({
			// one label or several
			"127\\.0\\.1\\.2.worker.corp., 127.0.1.2", "127.0.1.2.worker.corp., 127.0.1.2",
			"127.0\\.1.2.worker.corp., 127.0.1.2", "a\\.\\.b.worker.corp., a..b", "\\.a.worker.corp., .a",
			"a\\058b.worker.corp., a:b", "I-1.WORKER.Corp., I-1",
			// an id, though there may be a service a.worker
			"i.a.worker.corp., i.a",
			// no names of the service's instances
			"worker.corp., worker.corp:8080", "corp., corp:8080", "i-1.xworker.corp., i-1.xworker.corp:8080",
			"i-1.b.corp., i-1.b.corp:8080", "worker.corp.example., worker.corp.example:8080",
			// no ids
			"\\195\\188.worker.corp., \\195\\188.worker.corp:8080", "a\\010b.worker.corp., a\\010b.worker.corp:8080",
			"a\\032b.worker.corp., a\\032b.worker.corp:8080" })
	void theLabelsBeforeTheServiceNameAreTheInstanceId(String target, String id) throws Exception {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 " + target);
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, target + " A 10.0.0.1");
		});
		assertThat(lookup().instances()).extracting(Instance::id).containsExactly(id);
	}

	@Test
	void queriesTheAddressOfATargetOfSeveralLabels() throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 8080 127.0.1.2.worker.corp.");
		this.server.on("127.0.1.2.worker.corp.", Type.A, "127.0.1.2.worker.corp. A 127.0.1.2");
		assertThat(lookup().instances())
			.containsExactly(new Instance(WORKER, "127.0.1.2", "127.0.1.2", 8080, HealthStatus.UNKNOWN, Map.of()));
	}

	@Test
	void aServiceBelowAnotherNameHasItsOwnInstances() throws Exception {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 8080 a.worker.corp.");
		this.server.on("a.worker.corp.", Type.SRV, "a.worker.corp. SRV 1 1 9090 b.a.worker.corp.");
		this.server.on("a.worker.corp.", Type.A, "a.worker.corp. A 10.0.0.1");
		this.server.on("b.a.worker.corp.", Type.A, "b.a.worker.corp. A 10.0.0.2");
		ServiceName below = new ServiceName(WORKER.namespace(), "a.worker");
		DnsInstanceSource source = source(PATIENT, null, this.server);
		assertThat(lookup(source).instances()).extracting(Instance::id, Instance::port)
			.containsExactly(tuple("a", 8080));
		assertThat(source.lookup(below).toCompletableFuture().get(20, TimeUnit.SECONDS).instances())
			.extracting(Instance::id, Instance::port)
			.containsExactly(tuple("b", 9090));
	}

	@Test
	void addressesWithoutPortUseTheConfiguredPort() throws Exception {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1", "worker.corp. A 10.0.0.2");
		InstanceSet set = lookup(source(PATIENT, 5000, this.server));
		assertThat(hosts(set)).containsExactly("10.0.0.1:5000", "10.0.0.2:5000");
		assertThat(set.instances()).extracting(Instance::id).containsExactly("10.0.0.1:5000", "10.0.0.2:5000");
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.", "UDP A worker.corp.");
	}

	@Test
	void reportsAMissingPort() {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		assertThat(failure(source(PATIENT, null, this.server))).isInstanceOf(InconclusiveLookupException.class)
			.hasMessageContaining("worker.corp")
			.hasMessageContaining("set discovery.lookup.services[worker.corp].port");
	}

	@Test
	void usesIpv6WithoutIpv4() throws Exception {
		this.server.on("worker.corp.", Type.AAAA, "worker.corp. AAAA 2001:db8::7");
		assertThat(lookup(source(PATIENT, 5000, this.server)).instances()).singleElement()
			.extracting(Instance::host)
			.isEqualTo("2001:db8:0:0:0:0:0:7");
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.", "UDP A worker.corp.",
				"UDP AAAA worker.corp.");
	}

	@Test
	void prefersIpv4() throws Exception {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 i-1.worker.corp.",
					"worker.corp. SRV 1 1 8080 i-2.worker.corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-1.worker.corp. AAAA ::1",
					"i-1.worker.corp. A 10.0.0.1", "i-2.worker.corp. AAAA ::1");
		});
		assertThat(lookup().instances()).extracting(Instance::host).containsExactly("10.0.0.1", "0:0:0:0:0:0:0:1");
	}

	@Test
	void anUnknownNameHasNoInstances() throws Exception {
		assertThat(lookup()).isEqualTo(nothing());
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.");
	}

	@Test
	void aNameWithoutRecordsHasNoInstances() throws Exception {
		this.server.on("worker.corp.", Type.TXT, "worker.corp. TXT \"nothing to call\"");
		assertThat(lookup()).isEqualTo(nothing());
	}

	private InstanceSet nothing() {
		return new InstanceSet(WORKER, List.of(), "dns", this.timer.steady().plusSeconds(1), Set.of(),
				Detail.ADDRESSES);
	}

	@Test
	void namesAreAbsolute() throws Exception {
		ServiceName service = new ServiceName(new Namespace("corp.local"), "_http._tcp");
		source(PATIENT, null, this.server).lookup(service).toCompletableFuture().get(20, TimeUnit.SECONDS);
		assertThat(this.server.queries()).containsExactly("UDP SRV _http._tcp.corp.local.");
	}

	@Test
	void fetchesATruncatedAnswerByTcp() throws Exception {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			for (int i = 0; i < 60; i++) {
				String target = "instance-number-%02d.worker.corp.".formatted(i);
				ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 " + target);
				ScriptedDnsServer.add(answer, Section.ADDITIONAL, target + " A 10.0.0." + i);
			}
			return answer;
		});
		InstanceSet set = lookup();
		assertThat(hosts(set))
			.containsExactlyElementsOf(IntStream.range(0, 60).mapToObj((i) -> "10.0.0." + i + ":8080").toList());
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.", "TCP SRV worker.corp.");
	}

	@Test
	void failsIfNoAddressIsResolved() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. SRV 1 1 8080 i-1.worker.corp.");
		this.server.on("i-1.worker.corp.", Type.A, (answer) -> {
			answer.getHeader().setRcode(Rcode.SERVFAIL);
			return answer;
		});
		assertThat(failure(source(PATIENT, null, this.server))).isInstanceOf(RegistryUnavailableException.class)
			.hasMessageContaining("i-1.worker.corp. A")
			.hasMessageContaining("SERVFAIL");
	}

}
