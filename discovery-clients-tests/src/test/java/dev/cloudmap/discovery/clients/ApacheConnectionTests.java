package dev.cloudmap.discovery.clients;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.loadbalancer.ConnectionEviction;
import dev.cloudmap.discovery.loadbalancer.ApacheConnections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of the connections of Apache's client when an instance leaves.
 */
class ApacheConnectionTests {

	private final KeepingServer one = new KeepingServer();

	private final KeepingServer other = new KeepingServer();

	private final PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();

	private final CloseableHttpClient client = HttpClients.custom().setConnectionManager(this.pool).build();

	private final ConnectionEviction eviction = new ConnectionEviction(
			() -> Stream.of(new ApacheConnections(() -> Stream.of(this.pool))), Runnable::run);

	@AfterEach
	void close() throws Exception {
		this.client.close();
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
			return this.client.execute(new HttpGet(server.url()),
					(response) -> EntityUtils.toString(response.getEntity()));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
