package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.MeterRegistry;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.util.StringUtils;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import dev.cloudmap.testsupport.FaultyServers;
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

	/** The settings of the services: the name of a service begins with the key. */
	private static final Map<String, List<String>> SETTINGS = Map.ofEntries(
			Map.entry("connect-timeout", List.of("timeout.connect=200ms")),
			Map.entry("distinct", List.of("outlier.enabled=false")),
			Map.entry("unavailable", List.of("outlier.enabled=false")),
			Map.entry("reset", List.of("outlier.enabled=false")), Map.entry("error", List.of("outlier.enabled=false")),
			Map.entry("streamed", List.of("outlier.enabled=false")),
			Map.entry("request-timeout", List.of("timeout.request=400ms")),
			Map.entry("request-timeout-message", List.of("timeout.request=200ms")),
			Map.entry("idle-timeout", List.of("timeout.idle=200ms")),
			Map.entry("compressed-idle-timeout", List.of("timeout.idle=200ms")),
			Map.entry("budget", List.of("outlier.enabled=false", "retry.budget-ratio=0", "retry.budget-per-second=1")),
			Map.entry("disabled", List.of("retry.enabled=false")));

	private static Caller caller;

	private final FaultyServers servers = new FaultyServers();

	@BeforeAll
	static void start() throws Exception {
		caller = new Caller(StringUtils.concatenateStringArrays(Caller.properties(SETTINGS),
				new String[] { "logging.level.dev.cloudmap.discovery.loadbalancer.call=debug",
						"discovery.load-balancer.retry.budget-per-second=1000" }));
		// the first call of each client takes longer than the timeouts of the tests
		try (FaultyServers servers = new FaultyServers()) {
			for (Client client : Client.values()) {
				Caller.Service service = caller.service("first", client, servers.serve("first", 200));
				assertThat(service.send(HttpMethod.GET, null)).isEqualTo(200);
			}
		}
	}

	@AfterAll
	static void close() {
		caller.close();
	}

	@AfterEach
	void stop() throws Exception {
		this.servers.close();
	}

	@ParameterizedTest
	@EnumSource
	void retriesAnyMethodAfterConnectFailure(Client client) throws IOException {
		Caller.Service service = caller.service("refused", client, Ports.refusing(), Ports.refusing(),
				this.servers.serve("a", 200));
		for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE)) {
			assertThat(service.send(method, "payload")).as(method.name()).isEqualTo(200);
			assertThat(this.servers.arrived().poll()).isEqualTo("a " + method + " payload");
		}
		assertThat(this.servers.arrived()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "REST_CLIENT", "REST_TEMPLATE" })
	void retriesAfterConnectTimeout(Client client) throws IOException {
		Caller.Service service = caller.service("connect-timeout", client, this.servers.unreachable(),
				this.servers.serve("a", 200));
		assertThat(service.statuses(HttpMethod.POST, 2)).containsOnly(200);
		assertThat(this.servers.arrived()).hasSize(2).containsOnly("a POST payload");
	}

	@ParameterizedTest
	@EnumSource
	void triesAtMostThreeDistinctInstances(Client client) throws IOException {
		Caller.Service service = caller.service("distinct", client, this.servers.serve("a", 503),
				this.servers.serve("b", 503), this.servers.serve("c", 503), this.servers.serve("d", 503));
		for (int i = 0; i < 3; i++) {
			this.servers.arrived().clear();
			assertThat(service.send(HttpMethod.GET, null)).isEqualTo(503);
			assertThat(names()).hasSize(3).doesNotHaveDuplicates();
		}
	}

	@ParameterizedTest
	@EnumSource
	void retriesIdempotentRequestsAfter503(Client client) throws IOException {
		Caller.Service service = caller.service("unavailable", client, this.servers.serve("sick", 503),
				this.servers.serve("well", 200));
		for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE)) {
			assertThat(service.statuses(method, 4)).as(method.name()).containsOnly(200);
		}
		this.servers.arrived().clear();
		assertThat(service.statuses(HttpMethod.POST, 4)).containsExactlyInAnyOrder(200, 200, 503, 503);
		assertThat(this.servers.arrived()).hasSize(4).allMatch((line) -> line.endsWith("POST payload"));
	}

	@ParameterizedTest
	@EnumSource
	void retriesIdempotentRequestsAfterConnectionReset(Client client) throws IOException {
		Caller.Service service = caller.service("reset", client, this.servers.breaking(),
				this.servers.serve("well", 200));
		assertThat(service.statuses(HttpMethod.GET, 4)).containsOnly(200);
		if (client != Client.REST_TEMPLATE) { // HttpURLConnection retries a POST
			assertThat(service.statuses(HttpMethod.POST, 4)).containsExactlyInAnyOrder(200, 200, 0, 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void resendsBodyIfConnectionClosedBeforeResponse(Client client) throws IOException {
		Caller.Service service = caller.service("closed", client, this.servers.closing(),
				this.servers.serve("well", 200));
		assertThat(service.statuses(HttpMethod.PUT, 4)).containsOnly(200);
		assertThat(service.meters()
			.get("discovery.client.requests")
			.tags("service", service.name(), "outcome", "io-error")
			.timer()
			.count()).isPositive();
	}

	@ParameterizedTest
	@EnumSource
	void doesNotRetryAfter500(Client client) throws IOException {
		Caller.Service service = caller.service("error", client, this.servers.serve("a", 500),
				this.servers.serve("b", 500));
		assertThat(service.statuses(HttpMethod.GET, 4)).containsOnly(500);
		assertThat(this.servers.arrived()).hasSize(4);
	}

	@ParameterizedTest
	@EnumSource
	void requestTimeoutCoversAllAttempts(Client client) throws IOException {
		Caller.Service service = caller.service("request-timeout", client, this.servers.hanging("a"),
				this.servers.hanging("b"), this.servers.hanging("c"));
		long began = System.nanoTime();
		assertThat(service.send(HttpMethod.GET, null)).isZero();
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(390));
		// the first attempt uses the whole timeout
		assertThat(names()).hasSize(1);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void requestTimeoutFailsWithMessage(Client client) throws IOException {
		Caller.Service service = caller.service("request-timeout-message", client, this.servers.hanging("a"));
		Class<? extends Exception> kind = (client == Client.WEB_CLIENT) ? WebClientRequestException.class
				: ResourceAccessException.class;
		assertThatExceptionOfType(kind).isThrownBy(() -> service.exchange(HttpMethod.GET, null))
			.satisfies((failure) -> assertThat(failure).extracting(Throwables::getStackTrace)
				.asString()
				// the read timeout of HttpURLConnection may end the call at the same time
				.containsPattern(((client == Client.REST_TEMPLATE) ? "Read timed out|" : "") + "GET to "
						+ service.name() + ".corp was not answered within 200 ms"));
	}

	@ParameterizedTest
	@EnumSource
	void idleTimeoutEndsStalledResponse(Client client) throws IOException {
		Caller.Service service = caller.service("idle-timeout", client, this.servers.stalling());
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> service.exchange(HttpMethod.GET, null))
			.satisfies((failure) -> assertThat(failure).hasStackTraceContaining((client == Client.REST_TEMPLATE)
					? "timed out" : "The answer to GET to " + service.name() + ".corp was idle for 200 ms"));
	}

	@Test
	void idleTimeoutEndsStalledCompressedResponse() throws IOException {
		Caller.Service service = caller.service("compressed-idle-timeout", Client.REST_CLIENT,
				this.servers.stallingCompressed(200));
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> service.exchange(HttpMethod.GET, null))
			.satisfies((failure) -> assertThat(failure)
				.hasStackTraceContaining("The answer to GET to " + service.name() + ".corp was idle for 200 ms"));
	}

	@ParameterizedTest
	@EnumSource
	void retryDoesNotWaitForDiscardedResponse(Client client) throws IOException {
		Caller.Service service = caller.service("discarded", client, this.servers.stallingCompressed(503),
				this.servers.serve("well", 200));
		assertThat(service.statuses(HttpMethod.GET, 2)).containsOnly(200);
		assertThat(this.servers.waiting()).isPositive();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void acceptsResponseWithInvalidContentType() throws IOException {
		Caller.Service service = caller.service("content-type", Client.WEB_CLIENT,
				this.servers.start((server) -> server.createContext("/", (exchange) -> {
					exchange.getResponseHeaders().set("Content-Type", "json");
					exchange.sendResponseHeaders(200, -1);
				})));
		assertThat(caller.context()
			.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri("http://" + service.name() + "/")
			.exchangeToMono((response) -> Mono.just(response.statusCode().value()))
			.block(LIMIT)).isEqualTo(200);
	}

	@Test
	void sendsNoRetryAfterInterrupt() throws Exception {
		Caller.Service service = caller.service("interrupted", Client.REST_CLIENT, this.servers.hanging("a"),
				this.servers.hanging("b"), this.servers.hanging("c"));
		Thread thread = new Thread(() -> service.send(HttpMethod.GET, null), "caller");
		thread.start();
		await().atMost(LIMIT).until(() -> this.servers.arrived().size() == 1);
		thread.interrupt();
		thread.join(LIMIT.toMillis());
		assertThat(thread.isAlive()).isFalse();
		assertThat(this.servers.arrived()).hasSize(1);
		assertThat(service.meters()
			.get("discovery.client.requests")
			.tags("service", service.name(), "outcome", "unknown")
			.timer()
			.count()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void retryBudgetLimitsRetries(Client client) throws IOException {
		Caller.Service service = caller.service("budget", client, this.servers.serve("a", 503),
				this.servers.serve("b", 503), this.servers.serve("c", 503));
		long began = System.nanoTime();
		assertThat(service.statuses(HttpMethod.GET, 20)).containsOnly(503);
		long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds() + 1;
		assertThat(this.servers.arrived()).hasSizeBetween(21, (int) (20 + 2 * seconds));
	}

	@Test
	void countsRetriesAndEjections() throws IOException {
		Caller.Service service = caller.service("counted", Client.REST_CLIENT, Ports.refusing(),
				this.servers.serve("well", 200));
		assertThat(service.statuses(HttpMethod.GET, 6)).containsOnly(200);
		MeterRegistry meters = service.meters();
		assertThat(meters.get("discovery.client.retries")
			.tags("service", service.name(), "namespace", "corp", "outcome", "not-connected")
			.counter()
			.count()).isEqualTo(2);
		assertThat(meters.get("discovery.client.ejections").tags("service", service.name()).counter().count()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void retriesCanBeDisabled(Client client) throws IOException {
		Caller.Service service = caller.service("disabled", client, this.servers.serve("sick", 503),
				this.servers.serve("well", 200));
		assertThat(service.statuses(HttpMethod.GET, 2)).containsExactlyInAnyOrder(200, 503);
	}

	@Test
	void doesNotRetryStreamedBodyAfterStart() throws IOException {
		Caller.Service service = caller.service("streamed", Client.WEB_CLIENT, this.servers.serve("sick", 503),
				this.servers.serve("well", 200));
		WebClient client = caller.context().getBean(WebClient.Builder.class).build();
		Set<Integer> statuses = IntStream.range(0, 2)
			.mapToObj((i) -> client.put()
				.uri("http://" + service.name() + "/")
				.body(Flux.just("one", "two"), String.class)
				.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()))
				.block(LIMIT))
			.collect(Collectors.toSet());
		assertThat(statuses).containsExactlyInAnyOrder(200, 503);
		assertThat(this.servers.arrived()).hasSize(2);
	}

	private List<String> names() {
		return this.servers.arrived().stream().map((line) -> line.substring(0, line.indexOf(' '))).toList();
	}

}
