package dev.cloudmap.discovery.clients;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.loadbalancer.ConnectionEviction;
import dev.cloudmap.discovery.loadbalancer.IdleConnections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of the connections of a blocking client when an instance leaves.
 */
abstract class ConnectionContractTests {

	private final KeepingServer one = new KeepingServer();

	private final KeepingServer other = new KeepingServer();

	private final ConnectionEviction eviction = new ConnectionEviction(() -> Stream.of(connections()), Runnable::run);

	/**
	 * The client's connections.
	 */
	abstract IdleConnections connections();

	/**
	 * Sends a request, and reads the answer.
	 */
	abstract String get(String url) throws Exception;

	@AfterEach
	void closeServers() {
		this.one.close();
		this.other.close();
	}

	@Test
	void idleOnesOfWhoHasLeftAreClosedAndOthersStay() throws Exception {
		this.eviction.onChange(KeepingServer.set(this.one, this.other));
		assertThat(get(this.one.url())).isEqualTo("ok");
		assertThat(get(this.other.url())).isEqualTo("ok");
		assertThat(this.one.closed).hasValue(0);
		this.eviction.onChange(KeepingServer.set(this.other));
		await().atMost(KeepingServer.LIMIT).until(() -> this.one.closed.get() == 1);
		assertThat(get(this.other.url())).isEqualTo("ok");
		assertThat(this.other.opened).hasValue(1);
		assertThat(this.other.closed).hasValue(0);
	}

	@Test
	void anAnswerUnderWayIsReadToItsEnd() {
		this.one.release = new CountDownLatch(1);
		this.eviction.onChange(KeepingServer.set(this.one, this.other));
		CompletableFuture<String> answer = new CompletableFuture<>();
		new Thread(() -> answer.completeAsync(() -> {
			try {
				return get(this.one.url());
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, Runnable::run), "caller").start();
		await().atMost(KeepingServer.LIMIT).until(() -> this.one.asked.get() == 1);
		this.eviction.onChange(KeepingServer.set(this.other));
		assertThat(answer).isNotDone();
		this.one.release.countDown();
		assertThat(answer).succeedsWithin(KeepingServer.LIMIT).isEqualTo("ok");
	}

}
