package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import dev.cloudmap.discovery.loadbalancer.ConnectionEviction;
import dev.cloudmap.discovery.loadbalancer.ReactorNettyConnections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of Reactor Netty's connections when an instance leaves.
 */
class ReactorNettyConnectionTests {

	private static final Duration LIMIT = KeepingServer.LIMIT;

	private final KeepingServer one = new KeepingServer();

	private final KeepingServer other = new KeepingServer();

	private final ConnectionProvider provider = ConnectionProvider.create("test");

	private final ConnectionEviction eviction = new ConnectionEviction(
			() -> Stream.of(new ReactorNettyConnections(() -> Stream.of(this.provider))), Runnable::run);

	@AfterEach
	void close() {
		this.provider.dispose();
		this.one.close();
		this.other.close();
	}

	@Test
	void idleOnesOfWhoHasLeftAreClosedAndOthersStay() {
		for (HttpClient client : List.of(HttpClient.create(this.provider), HttpClient.create())) {
			this.eviction.onChange(KeepingServer.set(this.one, this.other));
			get(client, this.one).block(LIMIT);
			get(client, this.other).block(LIMIT);
			int before = this.one.closed.get();
			this.eviction.onChange(KeepingServer.set(this.other));
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
		this.eviction.onChange(KeepingServer.set(this.one, this.other));
		var answer = get(client, this.one).toFuture();
		await().atMost(LIMIT).until(() -> this.one.asked.get() == 1);
		this.eviction.onChange(KeepingServer.set(this.other));
		assertThat(answer).isNotDone();
		this.one.release.countDown();
		assertThat(answer).succeedsWithin(LIMIT).isEqualTo("ok");
		await().atMost(LIMIT).until(() -> this.one.closed.get() == 1);
	}

	private static Mono<String> get(HttpClient client, KeepingServer server) {
		return client.get().uri("http://127.0.0.1:" + server.port() + "/").responseContent().aggregate().asString();
	}

}
