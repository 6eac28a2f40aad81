package dev.cloudmap.registry.api;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cloudmap.registry.api.RawConnection.Response;
import dev.cloudmap.registry.api.watch.WatchLimits;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Connections with waiting watch queries.
 */
@Timeout(120)
class WatchConnectionTests {

	private WatchedRegistry registry;

	private Service worker;

	@BeforeEach
	void start() throws Exception {
		this.registry = WatchedRegistry.start(new WatchLimits(100, 10), Emulation.NONE);
		this.worker = this.registry.service(this.registry.namespace("corp"), "worker");
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private String query() {
		return "namespace=corp&since=" + this.registry.revision();
	}

	@Test
	void queriesAboveLimitAreRejectedUntilOneEnds() throws Exception {
		try (WatchedRegistry small = WatchedRegistry.start(new WatchLimits(2, 10), Emulation.NONE)) {
			Service service = small.service(small.namespace("corp"), "worker");
			String query = "namespace=corp&since=" + small.revision();
			try (RawConnection first = small.watch(query); RawConnection second = small.watch(query)) {
				small.awaitWatchers(2);
				Response refusal = small.answer(query);
				assertThat(refusal.status()).startsWith("HTTP/1.1 400");
				assertThat(refusal.header("X-Discovery-Revision")).isNotNull();
				assertThat(refusal.body()).contains("ThrottlingException", "2 queries wait already");
				first.socket().close();
				small.awaitWatchers(1);
				try (RawConnection third = small.watch(query)) {
					small.awaitWatchers(2);
					small.register(service, "one");
					assertThat(second.read().body()).isEqualTo(third.read().body()).contains("worker");
				}
			}
			small.awaitWatchers(0);
			assertThat(small.answer(query + "&wait=0s").status()).startsWith("HTTP/1.1 200");
		}
	}

	@Test
	void closedConnectionsAreRemovedImmediately() throws Exception {
		List<RawConnection> connections = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			connections.add(this.registry.watch(query()));
		}
		this.registry.awaitWatchers(100);
		for (int i = 0; i < 100; i++) {
			if (i % 2 == 0) {
				// resets the connection
				connections.get(i).socket().setSoLinger(true, 0);
			}
			connections.get(i).close();
		}
		this.registry.awaitWatchers(0);
		try (RawConnection connection = this.registry.watch(query())) {
			this.registry.awaitWatchers(1);
			this.registry.register(this.worker, "one");
			assertThat(connection.read().body()).contains("worker");
		}
	}

	@Test
	void aConnectionCountsBetweenTwoQueries() throws Exception {
		try (RawConnection connection = this.registry.watch("namespace=corp")) {
			for (int i = 0; i < 100; i++) {
				connection.read();
				assertThat(this.registry.watchers().count()).isOne();
				connection.send(RawConnection.get("/watch?" + query()));
				this.registry.register(this.worker, "one");
			}
			connection.read();
			this.registry.scheduler().advance(Duration.ofMillis(9999));
			assertThat(this.registry.watchers().count()).isOne();
			this.registry.scheduler().advance(Duration.ofMillis(1));
			assertThat(this.registry.watchers().count()).isZero();
			connection.send(RawConnection.get("/watch?" + query()));
			this.registry.awaitWatchers(1);
			this.registry.scheduler().advance(Duration.ofSeconds(51));
			assertThat(this.registry.watchers().count()).isOne();
		}
		this.registry.awaitWatchers(0);
	}

	@Test
	void pipelinedRequestsAreAnsweredInOrder() throws Exception {
		String query = RawConnection.get("/watch?" + query());
		try (RawConnection connection = new RawConnection(this.registry.address())) {
			connection.send("PUT /watch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" + query
					+ RawConnection.get("/"));
			assertThat(connection.read().status()).startsWith("HTTP/1.1 405");
			this.registry.awaitWatchers(1);
			connection.send(RawConnection.get("/nothing"));
			this.registry.call("ListNamespaces", Map.of());
			assertThat(connection.hasReceived()).isFalse();
			this.registry.register(this.worker, "one");
			assertThat(connection.read().body()).contains("\"services\":[\"worker\"]");
			assertThat(connection.read().body()).contains("discovery-registry");
			assertThat(connection.read().status()).startsWith("HTTP/1.1 404");
		}
	}

	@Test
	void http10ConnectionClosesAfterAnswer() throws Exception {
		try (RawConnection connection = new RawConnection(this.registry.address())) {
			connection.send("GET /watch?" + query() + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
			this.registry.awaitWatchers(1);
			this.registry.register(this.worker, "one");
			Response answer = connection.read();
			assertThat(answer.header("Connection")).isEqualTo("close");
			assertThat(answer.body()).contains("worker");
			assertThatExceptionOfType(IOException.class).isThrownBy(connection::read);
		}
		this.registry.awaitWatchers(0);
	}

	@Test
	void serverClosesWaitingConnections() throws Exception {
		try (RawConnection connection = this.registry.watch(query())) {
			this.registry.awaitWatchers(1);
			this.registry.close();
			assertThatExceptionOfType(IOException.class).isThrownBy(connection::read);
		}
		this.registry.awaitWatchers(0);
	}

}
