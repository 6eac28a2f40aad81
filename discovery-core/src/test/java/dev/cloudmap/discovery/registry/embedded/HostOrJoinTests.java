package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.test.util.ReflectionTestUtils;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.embedded.Membership.Role;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HostOrJoinTests {

	private final Deque<AutoCloseable> resources = new ArrayDeque<>();

	/**
	 * Starts a registry, because the first start in a JVM exceeds the timeout of members.
	 */
	@BeforeAll
	static void warmUp() {
		try (HostOrJoin host = new HostOrJoin(0, 0, null, false)) {
			host.ensure();
		}
	}

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	@Test
	void hasNoMembershipBeforeTheFirstCall() {
		assertThat(hostOrJoin(0).membership()).isNull();
	}

	@Test
	void firstHostsAndSecondJoins() {
		HostOrJoin first = hostOrJoin(0);
		Membership host = first.ensure();
		HostOrJoin second = hostOrJoin(host.endpoint().getPort());
		assertThat(host.role()).isEqualTo(Role.HOST);
		assertThat(second.ensure())
			.isEqualTo(new Membership(Role.MEMBER, host.endpoint(), host.dns(), EnumSet.allOf(Capability.class)));
		assertThat(first.ensure()).isEqualTo(host).isEqualTo(first.membership());
	}

	@Test
	void portZeroHostsOnAFreePortAndStaysThere() {
		HostOrJoin first = hostOrJoin(0);
		Membership host = first.ensure();
		assertThat(host.endpoint()).hasHost("127.0.0.1");
		assertThat(host.endpoint().getPort()).isPositive();
		assertThat(host.dns().getPort()).isPositive();
		assertThat(first.ensure()).isEqualTo(host);
		assertThat(hostOrJoin(0).ensure().endpoint()).isNotEqualTo(host.endpoint());
	}

	@Test
	void oneOfManyConcurrentStartsHosts() throws Exception {
		int port = Ports.free();
		List<Membership> memberships = concurrently(IntStream.range(0, 8).mapToObj((i) -> hostOrJoin(port)).toList());
		assertThat(memberships).extracting(Membership::role).containsOnlyOnce(Role.HOST);
		assertThat(memberships).extracting(Membership::endpoint).hasSize(8).containsOnly(memberships.get(0).endpoint());
		assertThat(memberships).extracting(Membership::dns).containsOnly(memberships.get(0).dns());
	}

	@Test
	void concurrentCallersShareOneHost() throws Exception {
		HostOrJoin one = hostOrJoin(Ports.free());
		List<Membership> memberships = concurrently(List.of(one, one, one, one));
		assertThat(memberships).containsOnly(one.membership()).extracting(Membership::role).containsOnly(Role.HOST);
	}

	@Test
	void memberTakesOverFromStoppedHost() {
		HostOrJoin first = hostOrJoin(0);
		Membership host = first.ensure();
		HostOrJoin second = hostOrJoin(host.endpoint().getPort());
		second.ensure();
		first.close();
		assertThat(second.ensure().role()).isEqualTo(Role.HOST);
		assertThat(second.ensure().endpoint()).isEqualTo(host.endpoint());
		assertThat(hostOrJoin(host.endpoint().getPort()).ensure().role()).isEqualTo(Role.MEMBER);
	}

	@Test
	void joinsAnotherRegistryIfItsOwnHasFailed() {
		HostOrJoin first = hostOrJoin(0);
		Membership host = first.ensure();
		RegistryServer failed = (RegistryServer) ReflectionTestUtils.getField(first, "server");
		assertThat(failed).isNotNull();
		failed.close();
		HostOrJoin second = hostOrJoin(host.endpoint().getPort(), host.dns().getPort());
		assertThat(second.ensure()).isEqualTo(host);
		assertThat(first.ensure().role()).isEqualTo(Role.MEMBER);
		first.close();
		assertThat(second.ensure().role()).isEqualTo(Role.HOST);
	}

	@Test
	void closeIsIdempotentAndFinal() {
		HostOrJoin closed = hostOrJoin(0);
		int port = closed.ensure().endpoint().getPort();
		closed.close();
		closed.close();
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(closed::ensure)
			.withMessageContaining("The application is stopping");
		HostOrJoin other = hostOrJoin(port);
		assertThat(other.ensure().role()).isEqualTo(Role.HOST);
		assertThat(closed.ensure().role()).isEqualTo(Role.MEMBER);
		closed.close();
		assertThat(other.ensure().role()).isEqualTo(Role.HOST);
	}

	@Test
	void replacesDnsPortInUse() throws IOException {
		try (ServerSocket taken = listen()) {
			Membership host = hostOrJoin(Ports.free(), taken.getLocalPort()).ensure();
			assertThat(host.role()).isEqualTo(Role.HOST);
			assertThat(host.dns().getPort()).isPositive().isNotEqualTo(taken.getLocalPort());
		}
	}

	@Test
	void replacesDnsPortThatEqualsTheApiPort() throws IOException {
		int port = Ports.free();
		Membership host = hostOrJoin(port, port).ensure();
		assertThat(host.endpoint()).hasPort(port);
		assertThat(host.dns().getPort()).isPositive().isNotEqualTo(port);
	}

	@Test
	void foreignHttpServerIsReportedWithSettings() throws IOException {
		HttpServer other = httpServer();
		int port = other.getAddress().getPort();
		other.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(404, -1);
			exchange.close();
		});
		assertThatExceptionOfType(PortTakenException.class).isThrownBy(() -> hostOrJoin(port).ensure())
			.withMessageContaining("Port " + port + " of 127.0.0.1")
			.withMessageContaining("an HTTP server that is not a registry (status 404)")
			.satisfies((ex) -> {
				assertThat(ex.getPort()).isEqualTo(port);
				assertThat(ex.getAction()).contains("discovery.embedded.http-port=" + (port + 1));
			});
	}

	@Test
	@Timeout(20)
	void abandonsEndlessAnswer() throws IOException {
		HttpServer other = httpServer();
		other.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			exchange.getResponseBody().write(1);
			exchange.getResponseBody().flush();
		});
		assertThatExceptionOfType(PortTakenException.class)
			.isThrownBy(() -> hostOrJoin(other.getAddress().getPort()).ensure())
			.withMessageContaining("an HTTP server that is not a registry (status 200)");
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void silentServerIsUnavailable() throws IOException {
		try (ServerSocket silent = listen()) {
			assertThatExceptionOfType(RegistryUnavailableException.class)
				.isThrownBy(() -> hostOrJoin(silent.getLocalPort()).ensure())
				.withMessageContaining("Port " + silent.getLocalPort() + " of 127.0.0.1 is in use")
				.withMessageContaining("there was no answer within");
		}
	}

	@Test
	void brokenConnectionIsUnavailable() throws IOException {
		ScriptedServer leaving = ScriptedServer.closingAfter("");
		this.resources.push(leaving);
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> hostOrJoin(leaving.port()).ensure())
			.withMessageContaining("Port " + leaving.port() + " of 127.0.0.1 is in use")
			.withMessageContaining("the connection was closed");
	}

	@Test
	void reportsForeignProtocol() throws IOException {
		ScriptedServer garbage = ScriptedServer.closingAfter("220 mail.example ESMTP\r\n");
		this.resources.push(garbage);
		assertThatExceptionOfType(PortTakenException.class).isThrownBy(() -> hostOrJoin(garbage.port()).ensure())
			.withMessageContaining("Port " + garbage.port())
			.withMessageContaining("does not answer like a registry");
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void usesAFreedPort() throws IOException {
		ServerSocket silent = listen();
		HostOrJoin waiting = hostOrJoin(silent.getLocalPort());
		try (silent) {
			assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(waiting::ensure);
		}
		assertThat(waiting.ensure().role()).isEqualTo(Role.HOST);
	}

	private List<Membership> concurrently(List<HostOrJoin> all) throws Exception {
		CyclicBarrier together = new CyclicBarrier(all.size());
		ExecutorService executor = Executors.newFixedThreadPool(all.size());
		this.resources.push(executor::shutdownNow);
		List<Future<Membership>> decisions = new ArrayList<>();
		for (HostOrJoin one : all) {
			decisions.add(executor.submit(() -> {
				together.await(30, TimeUnit.SECONDS);
				return one.ensure();
			}));
		}
		List<Membership> memberships = new ArrayList<>();
		for (Future<Membership> decision : decisions) {
			memberships.add(decision.get(30, TimeUnit.SECONDS));
		}
		return memberships;
	}

	private HostOrJoin hostOrJoin(int httpPort) {
		return hostOrJoin(httpPort, 0);
	}

	private HostOrJoin hostOrJoin(int httpPort, int dnsPort) {
		HostOrJoin created = new HostOrJoin(httpPort, dnsPort, null, false);
		this.resources.push(created);
		return created;
	}

	private HttpServer httpServer() throws IOException {
		HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		started.start();
		this.resources.push(() -> started.stop(0));
		return started;
	}

	private static ServerSocket listen() throws IOException {
		return new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
	}

}
