package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls of two instances, one of which fails. Retries are disabled.
 */
class OutlierTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final Applications applications = new Applications();

	private final List<HttpServer> servers = new ArrayList<>();

	private final AtomicInteger calls = new AtomicInteger();

	private volatile int status = 200;

	@AfterEach
	void stop() {
		this.applications.close();
		this.servers.forEach((server) -> server.stop(0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "RestClient", "WebClient" })
	void ejectsUnreachableInstanceAfterTwoFailures(String kind) throws IOException {
		ApplicationContext caller = caller(serve(0), Ports.refusing(), "10m");
		assertThat(statuses(caller, kind, 20).stream().filter((status) -> status != 200)).containsExactly(0, 0);
		assertThat(caller.getBean(CallStatistics.class).ejections(WORKER)).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "RestClient", "WebClient" })
	void callsRecoveredInstanceAgain(String kind) throws IOException {
		int port = Ports.free();
		ApplicationContext caller = caller(serve(0), port, "100ms");
		CallStatistics statistics = caller.getBean(CallStatistics.class);
		await().atMost(LIMIT).until(() -> {
			call(caller, kind);
			return !statistics.ejections(WORKER).isEmpty();
		});
		serve(port);
		await().atMost(LIMIT).until(() -> {
			call(caller, kind);
			return statistics.ejections(WORKER).isEmpty();
		});
		assertThat(statuses(caller, kind, 10)).containsOnly(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "RestClient", "WebClient" })
	void ejectsInstanceAfterFiveServerErrors(String kind) throws IOException {
		ApplicationContext caller = caller(serve(0), failing(), "10m");
		this.status = 500;
		assertThat(statuses(caller, kind, 30).stream().filter((status) -> status == 500)).hasSize(5);
		assertThat(this.calls).hasValue(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "RestClient", "WebClient" })
	void successfulTrialEndsEjection(String kind) throws IOException {
		ApplicationContext caller = caller(serve(0), failing(), "100ms");
		CallStatistics statistics = caller.getBean(CallStatistics.class);
		this.status = 500;
		await().atMost(LIMIT).until(() -> {
			call(caller, kind);
			return !statistics.ejections(WORKER).isEmpty();
		});
		this.status = 200;
		this.calls.set(0);
		await().atMost(LIMIT).until(() -> call(caller, kind) == 200 && this.calls.get() > 0);
		assertThat(this.calls).hasValue(1);
		assertThat(statistics.ejections(WORKER)).isEmpty();
		assertThat(statuses(caller, kind, 10)).containsOnly(200);
		assertThat(this.calls).hasValue(6);
	}

	private ApplicationContext caller(int one, int other, String ejection) {
		return this.applications.start(Caller.class, WebApplicationType.NONE, "caller",
				"test.ports=" + one + "," + other, "spring.cloud.loadbalancer.retry.enabled=false",
				"discovery.registration.enabled=false",
				"discovery.load-balancer.services.worker.outlier.base-ejection=" + ejection,
				"discovery.load-balancer.services.worker.outlier.max-ejection=" + ejection);
	}

	private int serve(int port) throws IOException {
		HttpServer server = server(port);
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		server.start();
		return server.getAddress().getPort();
	}

	private int failing() throws IOException {
		HttpServer server = server(0);
		server.createContext("/", (exchange) -> {
			this.calls.incrementAndGet();
			exchange.sendResponseHeaders(this.status, -1);
			exchange.close();
		});
		server.start();
		return server.getAddress().getPort();
	}

	private HttpServer server(int port) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
		this.servers.add(server);
		return server;
	}

	private static List<Integer> statuses(ApplicationContext caller, String kind, int count) {
		return Stream.generate(() -> call(caller, kind)).limit(count).toList();
	}

	/**
	 * Calls the service.
	 * @return the status; 0 if the connection fails
	 */
	private static int call(ApplicationContext caller, String kind) {
		try {
			return kind.equals("RestClient")
					? caller.getBean(RestClient.Builder.class)
						.build()
						.get()
						.uri("http://worker/")
						.exchange((request, response) -> response.getStatusCode().value())
					: caller.getBean(WebClient.Builder.class)
						.build()
						.get()
						.uri("http://worker/")
						.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()))
						.block(LIMIT);
		}
		catch (ResourceAccessException | WebClientRequestException ex) {
			return 0;
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Applications.Backend.class)
	static class Caller {

		@Bean
		InstanceSource source(Environment environment) {
			List<Instance> instances = Stream.of(environment.getRequiredProperty("test.ports", Integer[].class))
				.map((port) -> new Instance(WORKER, "i-" + port, "127.0.0.1", port, HealthStatus.HEALTHY, Map.of()))
				.toList();
			return (service) -> CompletableFuture.completedFuture(new InstanceSet(WORKER, instances, "test"));
		}

	}

}
