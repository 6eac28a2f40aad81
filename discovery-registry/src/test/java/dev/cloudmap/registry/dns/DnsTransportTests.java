package dev.cloudmap.registry.dns;

import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.net.TcpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * DNS over IPv6 and over long-lived connections.
 */
class DnsTransportTests {

	private static final int MANY = 5000;

	private static TestRegistry registryAt(String address) {
		TestRegistry registry = TestRegistry.start((options) -> options.withBind(address));
		String service = registry.createDnsService(registry.createDnsNamespace("corp.local"), "worker",
				RoutingPolicy.MULTIVALUE, RecordType.A, RecordType.SRV);
		for (int i = 0; i < 8; i++) {
			registry.register(service, "i-" + i,
					Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i, "AWS_INSTANCE_PORT", "5000"));
		}
		return registry;
	}

	private static boolean hasIpv6() {
		try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::1", 0))) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * The clients reject a response from an address that they did not query.
	 */
	private static void answersAt(InetSocketAddress server) throws IOException {
		try (RawDnsClient udp = RawDnsClient.udp(server); RawDnsClient tcp = RawDnsClient.tcp(server)) {
			for (int i = 0; i < 5; i++) {
				assertThat(udp.ask(RawDnsClient.query("worker.corp.local.", Type.A)).getSection(Section.ANSWER))
					.hasSize(8);
				assertThat(tcp.ask(RawDnsClient.query("worker.corp.local.", Type.SRV)).getSection(Section.ANSWER))
					.hasSize(8);
			}
		}
	}

	@Test
	void answersOverIpv6() throws Exception {
		assumeThat(hasIpv6()).isTrue();
		try (TestRegistry registry = registryAt("::1")) {
			answersAt(registry.server().dnsAddress());
		}
	}

	@Test
	void wildcardAddressAnswersOverIpv4() throws Exception {
		assumeThat(hasIpv6()).isTrue();
		try (TestRegistry registry = registryAt("::")) {
			int port = registry.server().dnsAddress().getPort();
			answersAt(new InetSocketAddress("127.0.0.1", port));
			answersAt(new InetSocketAddress("::1", port));
			answersAt(new InetSocketAddress(InetAddress.getLocalHost(), port));
		}
	}

	@Test
	void answersAllPipelinedQueries() throws Exception {
		try (TestRegistry registry = registryAt("127.0.0.1");
				RawDnsClient client = RawDnsClient.tcp(registry.server().dnsAddress())) {
			byte[] query = RawDnsClient.query("worker.corp.local.", Type.SRV).toWire();
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
				try {
					for (int id = 0; id < MANY; id++) {
						query[0] = (byte) (id >> 8);
						query[1] = (byte) id;
						client.send(query);
					}
				}
				catch (IOException ex) {
					throw new CompletionException(ex);
				}
			});
			Set<Integer> ids = new HashSet<>();
			for (int i = 0; i < MANY; i++) {
				Message answer = new Message(client.receive());
				assertThat(answer.getSection(Section.ANSWER)).hasSize(8);
				ids.add(answer.getHeader().getID());
			}
			sent.join();
			assertThat(ids).hasSize(MANY);
		}
	}

	/**
	 * Tests both in parallel, because each takes long.
	 */
	@Test
	void closesIdleAndStalledConnections() throws Exception {
		TcpServer.Limits limits = new TcpServer.Limits(10, Duration.ofMillis(600), Duration.ofMillis(200));
		try (ForwardingServer server = ForwardingServer.withLimits(limits);
				RawDnsClient idle = RawDnsClient.tcp(server.address());
				RawDnsClient stalling = RawDnsClient.tcp(server.address())) {
			idle.ask(RawDnsClient.query("worker.corp.local.", Type.A));
			stalling.sendRaw(RawDnsClient.packet(100));
			assertThatExceptionOfType(EOFException.class).isThrownBy(stalling::receive);
			assertThatExceptionOfType(EOFException.class).isThrownBy(idle::receive);
			assertThat(server.statistics().malformed()).isOne();
		}
	}

}
