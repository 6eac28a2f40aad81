package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Retries of failed calls with another instance, if that is safe and the request timeout
 * has not elapsed.
 */
class SentAgainTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	private final FaultyServers servers = new FaultyServers();

	@AfterEach
	void stop() throws Exception {
		this.servers.release();
		this.applications.close();
		this.servers.stop();
	}

	@ParameterizedTest
	@EnumSource
	void retriesAnyMethodAfterConnectFailure(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(Ports.refusing(), Ports.refusing(), this.servers.serve("a", 200)));
		for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE)) {
			assertThat(client.send(caller, method, "payload")).as(method.name()).isEqualTo(200);
			assertThat(this.servers.arrived().poll()).isEqualTo("a " + method + " payload");
		}
		assertThat(this.servers.arrived()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "REST_TEMPLATE" })
	void retriesAfterConnectTimeout(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.unreachable(), this.servers.serve("a", 200)),
				"discovery.load-balancer.services.worker.timeout.connect=200ms");
		assertThat(statuses(client, caller, HttpMethod.POST, 2)).containsOnly(200);
		assertThat(this.servers.arrived()).hasSize(2).containsOnly("a POST payload");
	}

	@ParameterizedTest
	@EnumSource
	void triesAtMostThreeDistinctInstances(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.serve("a", 503), this.servers.serve("b", 503),
				this.servers.serve("c", 503), this.servers.serve("d", 503)),
				"discovery.load-balancer.outlier.enabled=false");
		for (int i = 0; i < 3; i++) {
			this.servers.arrived().clear();
			assertThat(client.send(caller, HttpMethod.GET, null)).isEqualTo(503);
			assertThat(names()).hasSize(3).doesNotHaveDuplicates();
		}
	}

	@ParameterizedTest
	@EnumSource
	void retriesIdempotentRequestsAfter503(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.serve("sick", 503), this.servers.serve("well", 200)),
				"discovery.load-balancer.outlier.enabled=false");
		for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE)) {
			assertThat(statuses(client, caller, method, 4)).as(method.name()).containsOnly(200);
		}
		this.servers.arrived().clear();
		assertThat(statuses(client, caller, HttpMethod.POST, 4)).containsExactlyInAnyOrder(200, 200, 503, 503);
		assertThat(this.servers.arrived()).hasSize(4).allMatch((line) -> line.endsWith("POST payload"));
	}

	@ParameterizedTest
	@EnumSource
	void retriesIdempotentRequestsAfterConnectionReset(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.breaking(), this.servers.serve("well", 200)),
				"discovery.load-balancer.outlier.enabled=false");
		assertThat(statuses(client, caller, HttpMethod.GET, 4)).containsOnly(200);
		if (client != Client.REST_TEMPLATE) { // HttpURLConnection retries a POST
			assertThat(statuses(client, caller, HttpMethod.POST, 4)).containsExactlyInAnyOrder(200, 200, 0, 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void resendsBodyIfConnectionClosedBeforeResponse(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.closing(), this.servers.serve("well", 200)));
		assertThat(statuses(client, caller, HttpMethod.PUT, 4)).containsOnly(200);
		assertThat(caller.getBean(MeterRegistry.class)
			.get("discovery.client.requests")
			.tags("service", "worker", "outcome", "io-error")
			.timer()
			.count()).isPositive();
	}

	@ParameterizedTest
	@EnumSource
	void doesNotRetryAfter500(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.serve("a", 500), this.servers.serve("b", 500)),
				"discovery.load-balancer.outlier.enabled=false");
		assertThat(statuses(client, caller, HttpMethod.GET, 4)).containsOnly(500);
		assertThat(this.servers.arrived()).hasSize(4);
	}

	@ParameterizedTest
	@EnumSource
	void requestTimeoutCoversAllAttempts(Client client) throws IOException {
		ApplicationContext caller = caller(
				List.of(this.servers.hanging("a"), this.servers.hanging("b"), this.servers.hanging("c")),
				"discovery.load-balancer.services.worker.timeout.request=400ms");
		long began = System.nanoTime();
		assertThat(client.send(caller, HttpMethod.GET, null)).isZero();
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(390));
		// the first attempt uses the whole timeout
		assertThat(names()).hasSize(1);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void requestTimeoutFailsWithMessage(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.hanging("a")),
				"discovery.load-balancer.services.worker.timeout.request=200ms");
		Class<? extends Exception> kind = (client == Client.WEB_CLIENT) ? WebClientRequestException.class
				: ResourceAccessException.class;
		assertThatExceptionOfType(kind).isThrownBy(() -> client.exchange(caller, HttpMethod.GET, null))
			.satisfies((failure) -> assertThat(failure).hasStackTraceContaining((client == Client.REST_TEMPLATE)
					? "timed out" : "GET to worker.corp was not answered within 200 ms"));
	}

	@ParameterizedTest
	@EnumSource
	void idleTimeoutEndsStalledResponse(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.stalling()),
				"discovery.load-balancer.services.worker.timeout.idle=200ms");
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> client.exchange(caller, HttpMethod.GET, null))
			.satisfies((failure) -> assertThat(failure).hasStackTraceContaining((client == Client.REST_TEMPLATE)
					? "timed out" : "The answer to GET to worker.corp was idle for 200 ms"));
	}

	@Test
	void idleTimeoutEndsStalledCompressedResponse() throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.stallingCompressed(200)),
				"discovery.load-balancer.services.worker.timeout.idle=200ms");
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> Client.REST_CLIENT.exchange(caller, HttpMethod.GET, null))
			.satisfies((failure) -> assertThat(failure)
				.hasStackTraceContaining("The answer to GET to worker.corp was idle for 200 ms"));
	}

	@ParameterizedTest
	@EnumSource
	void retryDoesNotWaitForDiscardedResponse(Client client) throws IOException {
		ApplicationContext caller = caller(
				List.of(this.servers.stallingCompressed(503), this.servers.serve("well", 200)));
		assertThat(statuses(client, caller, HttpMethod.GET, 2)).containsOnly(200);
		assertThat(this.servers.waiting()).isPositive();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void acceptsResponseWithInvalidContentType() throws IOException {
		ApplicationContext caller = caller(
				List.of(this.servers.start((server) -> server.createContext("/", (exchange) -> {
					exchange.getResponseHeaders().set("Content-Type", "json");
					exchange.sendResponseHeaders(200, -1);
				}))));
		assertThat(caller.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri("http://worker/")
			.exchangeToMono((response) -> Mono.just(response.statusCode().value()))
			.block(LIMIT)).isEqualTo(200);
	}

	@Test
	void sendsNoRetryAfterInterrupt() throws Exception {
		ApplicationContext caller = caller(
				List.of(this.servers.hanging("a"), this.servers.hanging("b"), this.servers.hanging("c")));
		Thread thread = new Thread(() -> Client.REST_CLIENT.send(caller, HttpMethod.GET, null), "caller");
		thread.start();
		await().atMost(LIMIT).until(() -> this.servers.arrived().size() == 1);
		thread.interrupt();
		thread.join(LIMIT.toMillis());
		assertThat(thread.isAlive()).isFalse();
		assertThat(this.servers.arrived()).hasSize(1);
		assertThat(caller.getBean(MeterRegistry.class)
			.get("discovery.client.requests")
			.tags("service", "worker", "outcome", "unknown")
			.timer()
			.count()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void retryBudgetLimitsRetries(Client client) throws IOException {
		ApplicationContext caller = caller(
				List.of(this.servers.serve("a", 503), this.servers.serve("b", 503), this.servers.serve("c", 503)),
				"discovery.load-balancer.outlier.enabled=false",
				"discovery.load-balancer.services.worker.retry.budget-ratio=0",
				"discovery.load-balancer.services.worker.retry.budget-per-second=1");
		long began = System.nanoTime();
		assertThat(statuses(client, caller, HttpMethod.GET, 20)).containsOnly(503);
		long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds() + 1;
		assertThat(this.servers.arrived()).hasSizeBetween(21, (int) (20 + 2 * seconds));
	}

	@Test
	void countsRetriesAndEjections() throws IOException {
		ApplicationContext caller = caller(List.of(Ports.refusing(), this.servers.serve("well", 200)));
		assertThat(statuses(Client.REST_CLIENT, caller, HttpMethod.GET, 6)).containsOnly(200);
		MeterRegistry meters = caller.getBean(MeterRegistry.class);
		assertThat(meters.get("discovery.client.retries")
			.tags("service", "worker", "namespace", "corp", "outcome", "not-connected")
			.counter()
			.count()).isEqualTo(2);
		assertThat(meters.get("discovery.client.ejections").tags("service", "worker").counter().count()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void retriesCanBeDisabled(Client client) throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.serve("sick", 503), this.servers.serve("well", 200)),
				"discovery.load-balancer.services.worker.retry.enabled=false");
		assertThat(statuses(client, caller, HttpMethod.GET, 2)).containsExactlyInAnyOrder(200, 503);
	}

	@Test
	void doesNotRetryStreamedBodyAfterStart() throws IOException {
		ApplicationContext caller = caller(List.of(this.servers.serve("sick", 503), this.servers.serve("well", 200)),
				"discovery.load-balancer.outlier.enabled=false");
		WebClient client = caller.getBean(WebClient.Builder.class).build();
		Set<Integer> statuses = IntStream.range(0, 2)
			.mapToObj((i) -> client.put()
				.uri("http://worker/")
				.body(Flux.just("one", "two"), String.class)
				.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()))
				.block(LIMIT))
			.collect(Collectors.toSet());
		assertThat(statuses).containsExactlyInAnyOrder(200, 503);
		assertThat(this.servers.arrived()).hasSize(2);
	}

	private ApplicationContext caller(List<Integer> ports, String... properties) {
		String joined = ports.stream().map(String::valueOf).collect(Collectors.joining(","));
		String[] all = Stream
			.concat(Stream.of("test.ports=" + joined, "discovery.registration.enabled=false",
					"logging.level.dev.cloudmap.discovery.loadbalancer.call=debug",
					"discovery.load-balancer.retry.budget-per-second=1000"), Arrays.stream(properties))
			.toArray(String[]::new);
		return this.applications.start(OutlierTests.Caller.class, WebApplicationType.NONE, "caller", all);
	}

	private List<String> names() {
		return this.servers.arrived().stream().map((line) -> line.substring(0, line.indexOf(' '))).toList();
	}

	private static List<Integer> statuses(Client client, ApplicationContext caller, HttpMethod method, int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> client.send(caller, method, method.equals(HttpMethod.GET) ? null : "payload"))
			.toList();
	}

}
