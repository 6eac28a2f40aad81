package dev.cloudmap.registry.api;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With a slow store, changes wait but reads do not.
 */
@Timeout(30)
class SlowStoreTests {

	private final CountDownLatch disk = new CountDownLatch(1);

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private BareApi api;

	@BeforeEach
	void start() throws Exception {
		this.api = new BareApi(new SlowJournal(this.disk), () -> Emulation.NONE, BareApi.PATIENT);
	}

	@AfterEach
	void stop() {
		this.disk.countDown();
		this.api.close();
	}

	@Test
	void doesNotDelayReads() throws Exception {
		List<CompletableFuture<HttpResponse<String>>> changes = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			changes.add(this.client.sendAsync(this.api.request("CreateHttpNamespace", "{\"Name\":\"corp-" + i + "\"}"),
					BodyHandlers.ofString()));
		}
		for (int i = 0; i < 20; i++) {
			HttpResponse<String> read = this.client.send(this.api.request("ListNamespaces", "{}"),
					BodyHandlers.ofString());
			assertThat(read.body()).isEqualTo("{\"Namespaces\":[]}");
		}
		assertThat(changes).noneMatch(CompletableFuture::isDone);
		this.disk.countDown();
		for (CompletableFuture<HttpResponse<String>> change : changes) {
			assertThat(change.join().statusCode()).isEqualTo(200);
		}
		HttpResponse<String> after = this.client.send(this.api.request("ListNamespaces", "{}"),
				BodyHandlers.ofString());
		assertThat(after.body().split("\"Name\"", -1)).hasSize(21);
	}

	@Test
	void stopsWhileRequestsWait() {
		CompletableFuture<HttpResponse<String>> change = this.client
			.sendAsync(this.api.request("CreateHttpNamespace", "{\"Name\":\"corp\"}"), BodyHandlers.ofString());
		this.api.closeServer();
		assertThat(change.handle((response, failure) -> failure).join()).isNotNull();
	}

}
