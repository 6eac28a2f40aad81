package dev.cloudmap.discovery.test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests the HTTP server and the registration of a stub instance.
 */
@ExtendWith(RegistryExtension.class)
class StubInstanceTests {

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final StubInstance worker;

	StubInstanceTests(TestRegistry registry) {
		this.worker = registry.service("worker").instance();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(this.worker.uri().resolve(path)).timeout(Duration.ofSeconds(10));
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return this.client.send(request(path).build(), BodyHandlers.ofString());
	}

	@Test
	void answersWithItsIdByDefault() throws Exception {
		assertThat(get("/").statusCode()).isEqualTo(200);
		assertThat(get("/any/path").body()).isEqualTo(this.worker.id()).isEqualTo("worker-1");
	}

	@Test
	void answersAsConfigured() throws Exception {
		this.worker.respondingWith(503, "Grüße");
		assertThat(get("/").statusCode()).isEqualTo(503);
		assertThat(get("/").body()).isEqualTo("Grüße");
		this.worker.respondingWithJson(200, "{}");
		assertThat(get("/").headers().firstValue("Content-Type")).hasValue("application/json");
		this.worker.respondingWith(204, "");
		assertThat(get("/").statusCode()).isEqualTo(204);
		assertThatIllegalArgumentException().isThrownBy(() -> this.worker.respondingWith(99, ""));
	}

	@Test
	void recordsRequests() throws Exception {
		get("/a%20b?c=d");
		this.client.send(request("/e").header("X-Test", "f").POST(BodyPublishers.ofString("body")).build(),
				BodyHandlers.ofString());
		assertThat(this.worker.requests()).hasSize(2);
		ReceivedRequest first = this.worker.requests().get(0);
		assertThat(first.method()).isEqualTo("GET");
		assertThat(first.path()).isEqualTo("/a%20b");
		assertThat(first.query()).isEqualTo("c=d");
		assertThat(first.body()).isEmpty();
		ReceivedRequest second = this.worker.requests().get(1);
		assertThat(second.method()).isEqualTo("POST");
		assertThat(second.query()).isNull();
		assertThat(second.header("x-test")).isEqualTo("f");
		assertThat(second.header("unknown")).isNull();
		assertThat(second.body()).isEqualTo("body");
		assertThat(this.worker.clearRequests().requests()).isEmpty();
	}

	@Test
	void delaysAnswers() throws Exception {
		this.worker.respondingAfter(Duration.ofMillis(200));
		long begun = System.nanoTime();
		get("/");
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
	}

	@Test
	void hangsUntilRecovery() throws Exception {
		this.worker.hanging();
		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(
				() -> this.client.send(request("/").timeout(Duration.ofMillis(200)).build(), BodyHandlers.ofString()));
		CompletableFuture<HttpResponse<String>> waiting = this.client.sendAsync(request("/waiting").build(),
				BodyHandlers.ofString());
		while (this.worker.requests().stream().noneMatch((request) -> request.path().equals("/waiting"))) {
			Thread.onSpinWait();
		}
		this.worker.recovered();
		assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
	}

	@Test
	void refusesConnectionsAndRecoversOnTheSamePort(TestRegistry registry) throws Exception {
		get("/");
		this.worker.refusingConnections().refusingConnections();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> get("/"));
		assertThat(registry).service("worker").hasHealthyInstances(1);
		this.worker.recovered();
		assertThat(get("/").statusCode()).isEqualTo(200);
	}

	@Test
	void deregistersAndRegistersAgain(TestRegistry registry) throws Exception {
		this.worker.respondingWith(200, "hello").respondingAfter(Duration.ofMinutes(1)).hanging().unhealthy().stopped();
		assertThat(registry).within(Duration.ZERO).service("worker").hasNoInstances();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> get("/"));
		assertThatIllegalStateException().isThrownBy(this.worker::unhealthy).withMessageContaining("not registered");
		this.worker.recovered();
		assertThat(registry).within(Duration.ZERO).service("worker").hasHealthyInstances(1);
		assertThat(get("/").body()).isEqualTo("hello");
	}

	@Test
	void listensAtTheAddressOfItsAttributes(TestRegistry registry) {
		StubInstance other = registry.service("other")
			.instance("o", Map.of("AWS_INSTANCE_IPV4", "127.0.0.2", "zone", "a"));
		assertThat(other.address().getAddress().getHostAddress()).isEqualTo("127.0.0.2");
		assertThat(registry).service("other").hasInstance("o").hasInstanceWithAttribute("zone", "a");
		assertThat(other).hasToString("other instance o at http://127.0.0.2:" + other.address().getPort());
	}

	@Test
	void replacesInstanceWithTheSameId(TestRegistry registry) {
		registry.service("worker").instance("worker-1", Map.of("version", "2"));
		assertThat(registry).service("worker").hasInstances(1).hasInstanceWithAttribute("version", "2");
	}

}
