package dev.cloudmap.registry.dns;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.AddressInUseException;
import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Cached responses and several sockets on one port, as seen by clients.
 */
class DnsResponseChoiceTests {

	private static final int CACHED_RESPONSES = 16;

	private static final int MANY = 400;

	private TestRegistry registry;

	private String namespace;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		this.namespace = this.registry.createDnsNamespace("corp.local");
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private String service(RoutingPolicy policy, int instances) {
		String service = this.registry.createDnsService(this.namespace, "worker", policy, RecordType.A);
		for (int i = 1; i <= instances; i++) {
			this.registry.register(service, "i-" + i, Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i));
		}
		return service;
	}

	private static byte[] query(String name) throws Exception {
		return Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN)).toWire();
	}

	private byte[] ask(DatagramSocket socket, byte[] query) throws Exception {
		socket.setSoTimeout(5000);
		socket.send(new DatagramPacket(query, query.length, this.registry.server().dnsAddress()));
		DatagramPacket answer = new DatagramPacket(new byte[512], 512);
		socket.receive(answer);
		return answer.getData();
	}

	private List<Record> answer(DatagramSocket socket) throws Exception {
		return new Message(ask(socket, query("worker.corp.local."))).getSection(Section.ANSWER);
	}

	@Test
	void returnsAllInstancesInVaryingOrder() throws Exception {
		service(RoutingPolicy.MULTIVALUE, 30);
		Set<Record> seen = new HashSet<>();
		Set<List<Record>> orders = new HashSet<>();
		try (DatagramSocket socket = new DatagramSocket()) {
			for (int i = 0; i < MANY; i++) {
				List<Record> answer = answer(socket);
				assertThat(answer).hasSize(8).doesNotHaveDuplicates();
				seen.addAll(answer);
				orders.add(answer);
			}
			assertThat(orders).hasSizeGreaterThanOrEqualTo(CACHED_RESPONSES);
			await().untilAsserted(() -> {
				seen.addAll(answer(socket));
				assertThat(seen).hasSize(30);
			});
		}
	}

	@Test
	void returnsOneInstanceWhenWeighted() throws Exception {
		service(RoutingPolicy.WEIGHTED, 4);
		Set<Record> seen = new HashSet<>();
		try (DatagramSocket socket = new DatagramSocket()) {
			await().untilAsserted(() -> {
				List<Record> answer = answer(socket);
				assertThat(answer).hasSize(1);
				seen.addAll(answer);
				assertThat(seen).hasSize(4);
			});
		}
	}

	@Test
	void nextAnswerShowsChange() throws Exception {
		String service = service(RoutingPolicy.MULTIVALUE, 0);
		try (DatagramSocket socket = new DatagramSocket()) {
			for (int i = 1; i <= 20; i++) {
				this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i));
				for (int j = 0; j < 3; j++) {
					List<Record> answer = answer(socket);
					assertThat(answer).hasSize(1);
					assertThat(answer.get(0).rdataToString()).isEqualTo("10.0.0." + i);
				}
			}
		}
	}

	/**
	 * The load balancer of an alias record has the name of another service.
	 */
	@Test
	void nextAnswerShowsChangeOfLoadBalancerTarget() throws Exception {
		String namespace = this.registry.createDnsNamespace("corp.net");
		String target = this.registry.createDnsService(namespace, "target", RoutingPolicy.MULTIVALUE, RecordType.A);
		String balanced = this.registry.createDnsService(namespace, "balanced", RoutingPolicy.WEIGHTED, RecordType.A);
		this.registry.register(balanced, "one", Map.of("AWS_ALIAS_DNS_NAME", "target.corp.net"));
		try (DatagramSocket socket = new DatagramSocket()) {
			for (int i = 1; i <= 3; i++) {
				this.registry.register(target, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i));
				List<Record> answer = new Message(ask(socket, query("balanced.corp.net."))).getSection(Section.ANSWER);
				assertThat(answer).hasSize(2);
				assertThat(answer.get(1).rdataToString()).isEqualTo("10.0.0." + i);
			}
		}
	}

	@Test
	void keepsCaseAndIdOfQuestion() throws Exception {
		service(RoutingPolicy.MULTIVALUE, 1);
		try (DatagramSocket socket = new DatagramSocket()) {
			for (String name : List.of("worker.corp.local.", "wOrKeR.cOrP.lOcAl.", "WORKER.CORP.LOCAL.")) {
				byte[] query = query(name);
				byte[] answer = ask(socket, query);
				assertThat(answer).startsWith(query[0], query[1]);
				Message message = new Message(answer);
				assertThat(message.getQuestion().getName()).hasToString(name);
				assertThat(message.getSection(Section.ANSWER).get(0).getName()).hasToString(name);
			}
		}
	}

	@Test
	void answersClientsOfAllThreads() throws Exception {
		service(RoutingPolicy.MULTIVALUE, 1);
		for (int i = 0; i < 50; i++) {
			try (DatagramSocket socket = new DatagramSocket()) {
				assertThat(answer(socket)).hasSize(1);
			}
		}
	}

	@Test
	void doesNotSharePortWithOtherRegistry() {
		int port = this.registry.server().dnsAddress().getPort();
		assertThatExceptionOfType(AddressInUseException.class)
			.isThrownBy(() -> TestRegistry.start((options) -> options.withDnsPort(port)));
	}

	/**
	 * A process that shares its UDP port, as some name servers do.
	 */
	@Test
	void doesNotBindPortSharedByOtherProcess() throws Exception {
		try (DatagramChannel other = DatagramChannel.open()) {
			assumeThat(other.supportedOptions()).contains(StandardSocketOptions.SO_REUSEPORT);
			other.setOption(StandardSocketOptions.SO_REUSEPORT, true);
			other.bind(new InetSocketAddress(this.registry.server().dnsAddress().getAddress(), 0));
			int port = ((InetSocketAddress) other.getLocalAddress()).getPort();
			assertThatExceptionOfType(AddressInUseException.class)
				.isThrownBy(() -> TestRegistry.start((options) -> options.withDnsPort(port)));
		}
	}

}
