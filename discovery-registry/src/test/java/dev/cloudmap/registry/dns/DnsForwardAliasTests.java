package dev.cloudmap.registry.dns;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Aliases with targets outside the zones, and upstream aliases into the zones.
 */
class DnsForwardAliasTests {

	private static final int MAX_ALIASES = 8;

	private ScriptedUpstream upstream;

	private TestRegistry registry;

	private String namespace;

	private RawDnsClient client;

	@BeforeEach
	void start() throws Exception {
		this.upstream = ScriptedUpstream.start().on("www.example.org.", Type.A, "www.example.org. 60 A 192.0.2.1");
		this.registry = TestRegistry.start((options) -> options.withDnsForward(List.of(this.upstream.address())));
		this.namespace = this.registry.createDnsNamespace("corp.local");
		this.client = RawDnsClient.udp(this.registry.server().dnsAddress());
	}

	@AfterEach
	void stop() throws Exception {
		this.client.close();
		this.registry.close();
		this.upstream.close();
	}

	private void alias(String name, String target) {
		String service = this.registry.createDnsService(this.namespace, name, RoutingPolicy.WEIGHTED, RecordType.CNAME);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_CNAME", target));
	}

	private void worker() {
		String service = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE,
				RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
	}

	private static List<String> answer(Message message) {
		return message.getSection(Section.ANSWER)
			.stream()
			.map((entry) -> entry.getName() + " " + Type.string(entry.getType()) + " " + entry.rdataToString())
			.toList();
	}

	@Test
	void resolvesAliasOutsideZones() throws Exception {
		alias("alias", "www.example.org");
		for (int i = 0; i < 3; i++) {
			Message answer = this.client.ask("alias.corp.local.", Type.A);
			assertThat(answer(answer)).containsExactly("alias.corp.local. CNAME www.example.org.",
					"www.example.org. A 192.0.2.1");
			assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
			assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
			assertThat(answer.getSection(Section.ANSWER)).extracting(Record::getTTL).containsExactly(10L, 60L);
		}
		this.upstream.on("www.example.org.", Type.A, "www.example.org. 60 A 192.0.2.2");
		assertThat(answer(this.client.ask("alias.corp.local.", Type.A))).endsWith("www.example.org. A 192.0.2.2");
		try (RawDnsClient tcp = RawDnsClient.tcp(this.registry.server().dnsAddress())) {
			assertThat(answer(tcp.ask("alias.corp.local.", Type.A))).hasSize(2);
		}
	}

	@Test
	void returnsAliasOnlyWithoutRecursion() throws Exception {
		alias("alias", "www.example.org");
		assertThat(answer(this.client.ask("alias.corp.local.", Type.CNAME))).hasSize(1);
		Message query = RawDnsClient.query("alias.corp.local.", Type.A);
		query.getHeader().unsetFlag(Flags.RD);
		Message answer = this.client.ask(query);
		assertThat(answer(answer)).containsExactly("alias.corp.local. CNAME www.example.org.");
		assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(this.upstream.queries()).isEmpty();
	}

	@Test
	void resolvesLoadBalancerAliasAfterQueryWithoutRecursion() throws Exception {
		String service = this.registry.createDnsService(this.namespace, "balanced", RoutingPolicy.WEIGHTED,
				RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_ALIAS_DNS_NAME", "www.example.org"));
		Message query = RawDnsClient.query("balanced.corp.local.", Type.A);
		query.getHeader().unsetFlag(Flags.RD);
		assertThat(answer(this.client.ask(query))).hasSize(1);
		assertThat(answer(this.client.ask("balanced.corp.local.", Type.A))).hasSize(2);
		assertThat(answer(this.client.ask(query))).hasSize(1);
	}

	@Test
	void returnsNxdomainOfUpstreamTarget() throws Exception {
		alias("alias", "none.example.org");
		this.upstream
			.on("none.example.org.", Type.A,
					(answer) -> ScriptedUpstream.withRcode(
							ScriptedUpstream.add(answer, Section.AUTHORITY,
									"example.org. 300 SOA ns.example.org. root.example.org. 1 2 3 4 300"),
							Rcode.NXDOMAIN));
		Message answer = this.client.ask("alias.corp.local.", Type.A);
		assertThat(answer.getRcode()).isEqualTo(Rcode.NXDOMAIN);
		assertThat(answer(answer)).containsExactly("alias.corp.local. CNAME none.example.org.");
		assertThat(answer.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
	}

	@Test
	void returnsNxdomainOfTargetInZones() throws Exception {
		alias("alias", "none.corp.local");
		Message answer = this.client.ask("alias.corp.local.", Type.A);
		assertThat(answer.getRcode()).isEqualTo(Rcode.NXDOMAIN);
		assertThat(answer(answer)).containsExactly("alias.corp.local. CNAME none.corp.local.");
		assertThat(answer.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class).hasSize(1);
	}

	@Test
	void failsWhenTargetCannotBeResolved() throws Exception {
		alias("alias", "www.example.org");
		this.upstream.alwaysWith(Rcode.SERVFAIL);
		Message answer = this.client.ask("alias.corp.local.", Type.A);
		assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
		assertThat(answer.getSection(Section.ANSWER)).isEmpty();
		assertThat(answer.getHeader().getFlag(Flags.AA)).isFalse();
	}

	@Test
	void followsUpstreamAliasIntoZones() throws Exception {
		worker();
		this.upstream
			.on("outer.example.org.", Type.A,
					(answer) -> ScriptedUpstream.withRcode(ScriptedUpstream.add(answer, Section.ANSWER,
							"outer.example.org. 60 CNAME inner.example.org.",
							"inner.example.org. 60 CNAME worker.corp.local."), Rcode.NXDOMAIN));
		Message answer = this.client.ask("outer.example.org.", Type.A);
		assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(answer.getHeader().getFlag(Flags.AA)).isFalse();
		assertThat(answer(answer)).containsExactly("outer.example.org. CNAME inner.example.org.",
				"inner.example.org. CNAME worker.corp.local.", "worker.corp.local. A 10.0.0.1");
	}

	@Test
	void prefersZonesToUpstream() throws Exception {
		worker();
		this.upstream.on("outer.example.org.", Type.A, "outer.example.org. 60 CNAME worker.corp.local.",
				"worker.corp.local. 60 A 192.0.2.66");
		assertThat(answer(this.client.ask("outer.example.org.", Type.A)))
			.containsExactly("outer.example.org. CNAME worker.corp.local.", "worker.corp.local. A 10.0.0.1");
	}

	@Test
	void stopsAliasLoopThroughUpstream() throws Exception {
		alias("circle", "www.circle.org");
		this.upstream.on("www.circle.org.", Type.A, "www.circle.org. 60 CNAME circle.corp.local.");
		Message answer = this.client.ask("circle.corp.local.", Type.A);
		assertThat(answer(answer)).containsExactly("circle.corp.local. CNAME www.circle.org.",
				"www.circle.org. CNAME circle.corp.local.");
		assertThat(this.upstream.queries()).hasSize(1);
		this.upstream.on("round.circle.org.", Type.A, "round.circle.org. 60 CNAME round.circle.org.");
		assertThat(answer(this.client.ask("round.circle.org.", Type.A))).hasSize(1);
	}

	@Test
	void limitsNumberOfAliases() throws Exception {
		for (int i = 0; i < 2 * MAX_ALIASES; i++) {
			alias("a" + i, "a" + i + ".example.org");
			this.upstream.on("a" + i + ".example.org.", Type.A,
					"a" + i + ".example.org. 60 CNAME a" + (i + 1) + ".corp.local.");
		}
		Message answer = this.client.ask("a0.corp.local.", Type.A);
		assertThat(answer.getSection(Section.ANSWER)).hasSize(MAX_ALIASES + 1);
		assertThat(this.upstream.queries()).hasSize(MAX_ALIASES / 2);
	}

}
