package dev.cloudmap.registry.dns;

import java.net.InetSocketAddress;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;

import javax.naming.Context;
import javax.naming.directory.Attributes;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.dns.response.QueryResponder;
import dev.cloudmap.registry.dns.response.Reply;
import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.NamespaceType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * ANY queries.
 */
class DnsAnyTests {

	private TestRegistry registry;

	private String namespace;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		this.namespace = this.registry.createDnsNamespace("corp.local");
		String worker = this.registry.createDnsService(this.namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.A,
				RecordType.AAAA, RecordType.SRV);
		this.registry.register(worker, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_IPV6",
				"2001:db8::1", "AWS_INSTANCE_PORT", "5000"));
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private List<Integer> types(String name) throws Exception {
		Message answer = this.registry.query(name, Type.ANY);
		assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
		return answer.getSection(Section.ANSWER).stream().map(Record::getType).toList();
	}

	@Test
	void answersWithAllRecordsOfName() throws Exception {
		assertThat(types("worker.corp.local.")).containsExactlyInAnyOrder(Type.A, Type.AAAA, Type.SRV);
		assertThat(types("one.worker.corp.local.")).containsExactlyInAnyOrder(Type.A, Type.AAAA);
		assertThat(types("corp.local.")).containsExactlyInAnyOrder(Type.SOA, Type.NS);
		assertThat(this.registry.query("nobody.corp.local.", Type.ANY).getRcode()).isEqualTo(Rcode.NXDOMAIN);
		assertThat(this.registry.query("example.org.", Type.ANY).getRcode()).isEqualTo(Rcode.REFUSED);
		String apex = this.registry.createDnsService(this.namespace, ".", RoutingPolicy.MULTIVALUE, RecordType.A);
		this.registry.register(apex, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.2"));
		assertThat(types("corp.local.")).containsExactlyInAnyOrder(Type.SOA, Type.NS, Type.A);
	}

	@Test
	void answersWithAliasOnly() throws Exception {
		String balanced = this.registry.createDnsService(this.namespace, "balanced", RoutingPolicy.WEIGHTED,
				RecordType.A, RecordType.AAAA);
		this.registry.register(balanced, "alias", Map.of("AWS_ALIAS_DNS_NAME", "worker.corp.local"));
		this.registry.register(balanced, "two",
				Map.of("AWS_INSTANCE_IPV4", "10.0.0.2", "AWS_INSTANCE_IPV6", "2001:db8::2"));
		for (int i = 0; i < 50; i++) {
			assertThat(types("balanced.corp.local.")).isIn(List.of(Type.CNAME), List.of(Type.A, Type.AAAA));
		}
	}

	/**
	 * A name with a CNAME record has no other records (RFC 1034, section 3.6.2), but the
	 * zone apex has SOA and NS records.
	 */
	@Test
	void omitsAliasAtZoneApex() throws Exception {
		String apex = this.registry.createDnsService(this.namespace, ".", RoutingPolicy.WEIGHTED, RecordType.A);
		this.registry.register(apex, "alias", Map.of("AWS_ALIAS_DNS_NAME", "worker.corp.local"));
		assertThat(types("corp.local.")).containsExactlyInAnyOrder(Type.SOA, Type.NS);
		assertThat(this.registry.query("corp.local.", Type.A).getSection(Section.ANSWER)).extracting(Record::getType)
			.containsExactly(Type.CNAME, Type.A);
	}

	@Test
	@SuppressWarnings({ "BanJNDI", "JdkObsolete" }) // JNDI takes a Hashtable
	void answersSeveralTypesToJndi() throws Exception {
		InetSocketAddress server = this.registry.server().dnsAddress();
		Hashtable<String, String> environment = new Hashtable<>();
		environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
		environment.put(Context.PROVIDER_URL, "dns://127.0.0.1:" + server.getPort());
		DirContext context = new InitialDirContext(environment);
		try {
			Attributes found = context.getAttributes("worker.corp.local", new String[] { "A", "SRV" });
			assertThat(found.get("A").get()).isEqualTo("10.0.0.1");
			assertThat(found.get("SRV").get()).isEqualTo("1 1 5000 one.worker.corp.local.");
			assertThat(found.size()).isEqualTo(2);
			assertThat(context.getAttributes("worker.corp.local").size()).isEqualTo(3);
		}
		finally {
			context.close();
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "worker.corp.local.", "one.worker.corp.local.", "nobody.corp.local.", "corp.local.", "local." })
	void truncatesUdpAnswersToRemoteClients(String name) throws Exception {
		ManualScheduler scheduler = new ManualScheduler();
		try (RegistryState state = new RegistryState(Journal.NONE, scheduler, () -> Emulation.NONE)) {
			state.submit(Samples.createNamespace("ns-1", "corp.local", NamespaceType.DNS_PRIVATE)).join();
			QueryResponder responder = new QueryResponder(
					Zones.of(LookupView.of(state, () -> Emulation.NONE, scheduler)),
					QueryResponder.Recursion.AVAILABLE);
			byte[] query = RawDnsClient.query(name, Type.ANY, 4096, 0).toWire();
			Message answer = answer(responder, query, QueryResponder.Transport.REMOTE_UDP);
			assertThat(answer.getHeader().getFlag(Flags.TC)).isTrue();
			assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
			assertThat(answer.getSection(Section.ANSWER)).isEmpty();
			assertThat(answer.getSection(Section.AUTHORITY)).isEmpty();
			assertThat(answer.numBytes()).isLessThanOrEqualTo(query.length);
			byte[] other = RawDnsClient.query("corp.local.", Type.SOA, 4096, 0).toWire();
			assertThat(answer(responder, other, QueryResponder.Transport.REMOTE_UDP).getSection(Section.ANSWER))
				.hasSize(1);
		}
	}

	private static Message answer(QueryResponder responder, byte[] query, QueryResponder.Transport transport)
			throws Exception {
		assertThat(responder.respond(query, transport)).isInstanceOf(Reply.Complete.class);
		return new Message(((Reply.Complete) responder.respond(query, transport)).response());
	}

}
