package dev.cloudmap.discovery.clients;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.eclipse.jetty.client.HttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.loadbalancer.ConnectionEviction;
import dev.cloudmap.discovery.loadbalancer.JettyConnections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of the connections of Jetty's client when an instance leaves.
 */
class JettyConnectionTests {

	private final KeepingServer one = new KeepingServer();

	private final KeepingServer other = new KeepingServer();

	private final HttpClient client = new HttpClient();

	private final ConnectionEviction eviction = new ConnectionEviction(
			() -> Stream.of(new JettyConnections(() -> Stream.of(this.client))), Runnable::run);

	@BeforeEach
	void start() throws Exception {
		this.client.start();
	}

	@AfterEach
	void close() throws Exception {
		this.client.stop();
		this.one.close();
		this.other.close();
	}

	@Test
	void idleOnesOfWhoHasLeftAreClosedAndOthersStay() {
		this.eviction.onChange(KeepingServer.set(this.one, this.other));
		assertThat(get(this.one)).isEqualTo("ok");
		assertThat(get(this.other)).isEqualTo("ok");
		assertThat(this.one.closed).hasValue(0);
		this.eviction.onChange(KeepingServer.set(this.other));
		await().atMost(KeepingServer.LIMIT).until(() -> this.one.closed.get() == 1);
		assertThat(get(this.other)).isEqualTo("ok");
		assertThat(this.other.opened).hasValue(1);
		assertThat(this.other.closed).hasValue(0);
	}

	@Test
	void anAnswerUnderWayIsReadToItsEnd() {
		this.one.release = new CountDownLatch(1);
		this.eviction.onChange(KeepingServer.set(this.one, this.other));
		CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> get(this.one),
				(task) -> new Thread(task, "caller").start());
		await().atMost(KeepingServer.LIMIT).until(() -> this.one.asked.get() == 1);
		this.eviction.onChange(KeepingServer.set(this.other));
		assertThat(answer).isNotDone();
		this.one.release.countDown();
		assertThat(answer).succeedsWithin(KeepingServer.LIMIT).isEqualTo("ok");
	}

	private String get(KeepingServer server) {
		try {
			return this.client.GET(server.url()).getContentAsString();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
