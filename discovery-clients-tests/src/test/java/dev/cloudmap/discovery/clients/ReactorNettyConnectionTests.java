package dev.cloudmap.discovery.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.loadbalancer.ConnectionEviction;
import dev.cloudmap.discovery.loadbalancer.ReactorNettyConnections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of Reactor Netty's connections when an instance leaves.
 */
class ReactorNettyConnectionTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final KeepingServer one = new KeepingServer();

	private final KeepingServer other = new KeepingServer();

	private final ConnectionProvider provider = ConnectionProvider.create("test");

	private final ConnectionEviction eviction = new ConnectionEviction(
			() -> Stream.of(new ReactorNettyConnections(() -> Stream.of(this.provider))));

	@AfterEach
	void close() {
		this.provider.dispose();
		this.one.close();
		this.other.close();
	}

	@Test
	void idleOnesOfWhoHasLeftAreClosedAndOthersStay() {
		for (HttpClient client : List.of(HttpClient.create(this.provider), HttpClient.create())) {
			this.eviction.onChange(set(this.one, this.other));
			get(client, this.one).block(LIMIT);
			get(client, this.other).block(LIMIT);
			int before = this.one.closed.get();
			this.eviction.onChange(set(this.other));
			await().atMost(LIMIT).until(() -> this.one.closed.get() == before + 1);
			assertThat(this.other.closed).hasValue(0);
			get(client, this.other).block(LIMIT);
		}
		assertThat(this.other.opened).hasValue(2);
	}

	@Test
	void oneInUseIsUsedToTheEnd() {
		HttpClient client = HttpClient.create(this.provider);
		this.one.release = new CountDownLatch(1);
		this.eviction.onChange(set(this.one, this.other));
		var answer = get(client, this.one).toFuture();
		await().atMost(LIMIT).until(() -> this.one.asked.get() == 1);
		this.eviction.onChange(set(this.other));
		assertThat(answer).isNotDone();
		this.one.release.countDown();
		assertThat(answer).succeedsWithin(LIMIT).isEqualTo("ok");
		await().atMost(LIMIT).until(() -> this.one.closed.get() == 1);
	}

	private static Mono<String> get(HttpClient client, KeepingServer server) {
		return client.get().uri("http://127.0.0.1:" + server.port() + "/").responseContent().aggregate().asString();
	}

	private static InstanceSet set(KeepingServer... servers) {
		return new InstanceSet(Workers.WORKER,
				Stream.of(servers)
					.map((server) -> new Instance(Workers.WORKER, "i-" + server.port(), "127.0.0.1", server.port(),
							HealthStatus.HEALTHY, Map.of()))
					.toList(),
				"test");
	}

	/** Keeps its connections open until the client closes them. */
	private static final class KeepingServer {

		private final ServerSocket socket = bind();

		private final AtomicInteger opened = new AtomicInteger();

		private final AtomicInteger asked = new AtomicInteger();

		private final AtomicInteger closed = new AtomicInteger();

		private volatile CountDownLatch release = new CountDownLatch(0);

		KeepingServer() {
			start(() -> {
				while (!this.socket.isClosed()) {
					Socket connection = this.socket.accept();
					this.opened.incrementAndGet();
					start(() -> serve(connection));
				}
			});
		}

		private static ServerSocket bind() {
			try {
				ServerSocket socket = new ServerSocket();
				socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
				return socket;
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private void serve(Socket connection) throws Exception {
			try (connection) {
				BufferedReader reader = new BufferedReader(
						new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
				for (String line = reader.readLine(); line != null; line = reader.readLine()) {
					if (line.isEmpty()) {
						this.asked.incrementAndGet();
						this.release.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
						connection.getOutputStream()
							.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
								.getBytes(StandardCharsets.US_ASCII));
					}
				}
			}
			finally {
				this.closed.incrementAndGet();
			}
		}

		private static void start(Task task) {
			Thread thread = new Thread(() -> {
				try {
					task.run();
				}
				catch (Exception ex) {
					// its socket was closed
				}
			}, "keeping-server");
			thread.setDaemon(true);
			thread.start();
		}

		int port() {
			return this.socket.getLocalPort();
		}

		void close() {
			try {
				this.socket.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private interface Task {

		void run() throws Exception;

	}

}
