package dev.cloudmap.discovery.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;

import dev.cloudmap.discovery.loadbalancer.CallStatistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What holds for every client. The services that it calls are {@code worker},
 * {@code payments}, which is an alias of it, and {@code wroker}, which does not exist.
 */
abstract class ClientContractTests {

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		Collections.reverse(this.open);
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	/**
	 * The application with the client.
	 */
	abstract Class<?> application();

	WebApplicationType type() {
		return WebApplicationType.NONE;
	}

	/**
	 * Sends a request with the header {@code X-Test: told}.
	 * @param application the application; not null
	 * @param service the service's name; not null
	 * @param method GET or POST; not null
	 * @param body what to send; null for nothing
	 */
	abstract Answer send(ConfigurableApplicationContext application, String service, HttpMethod method,
			@Nullable String body);

	/**
	 * Whether calls that have failed are sent to another instance.
	 */
	boolean retries() {
		return true;
	}

	/**
	 * Whether it answers with a status of its own when there is no answer.
	 */
	boolean isGateway() {
		return false;
	}

	@Test
	void instancesAreCalledInTurnWithAllThatIsSent() {
		Server one = server("one");
		Server other = server("other");
		ConfigurableApplicationContext application = start(List.of(one.port(), other.port()));
		for (int i = 0; i < 4; i++) {
			assertThat(send(application, "worker", HttpMethod.POST, "payload").status()).isEqualTo(200);
		}
		assertThat(one.arrived()).hasSize(2).containsOnly("POST /a/b?c=d told payload");
		assertThat(other.arrived()).hasSize(2).containsOnly("POST /a/b?c=d told payload");
	}

	@Test
	void anAliasIsTheService() {
		Server server = server("one");
		ConfigurableApplicationContext application = start(List.of(server.port()));
		assertThat(send(application, "payments", HttpMethod.GET, null)).isEqualTo(new Answer(200, "one"));
	}

	@Test
	void anUnknownNameFails() {
		ConfigurableApplicationContext application = start(List.of(server("one").port()));
		if (isGateway()) {
			assertThat(send(application, "wroker", HttpMethod.GET, null).status()).isGreaterThanOrEqualTo(500);
		}
		else {
			assertThatThrownBy(() -> send(application, "wroker", HttpMethod.GET, null))
				.hasMessageContaining("wroker of namespace corp does not exist");
		}
	}

	@Test
	void whatNeverLeftIsSentToAnother() {
		assumeThat(retries()).isTrue();
		Server server = server("one");
		ConfigurableApplicationContext application = start(List.of(freePort(), server.port()));
		for (int i = 0; i < 6; i++) {
			assertThat(send(application, "worker", HttpMethod.POST, "payload")).isEqualTo(new Answer(200, "one"));
		}
		assertThat(server.arrived()).hasSize(6).containsOnly("POST /a/b?c=d told payload");
	}

	@Test
	void whatWasRefusedIsSentToAnotherIfThatIsSafe() {
		assumeThat(retries()).isTrue();
		Server sick = server("sick");
		sick.answerWith(503);
		Server well = server("well");
		ConfigurableApplicationContext application = start(List.of(sick.port(), well.port()));
		assertThat(statuses(4, () -> send(application, "worker", HttpMethod.GET, null))).containsOnly(200);
		assertThat(sick.arrived()).hasSize(2);
		assertThat(statuses(2, () -> send(application, "worker", HttpMethod.POST, "payload")))
			.containsExactlyInAnyOrder(200, 503);
	}

	@Test
	void whoCannotBeCalledIsEjected() {
		Server server = server("one");
		ConfigurableApplicationContext application = start(List.of(freePort(), server.port()),
				"discovery.load-balancer.retry.enabled=false");
		List<Integer> statuses = statuses(10, () -> send(application, "worker", HttpMethod.GET, null));
		assertThat(statuses).filteredOn((status) -> status != 200).hasSize(2);
		assertThat(application.getBean(CallStatistics.class).ejections(Workers.WORKER)).singleElement()
			.satisfies((ejection) -> assertThat(ejection.reason()).contains("could not connect"));
	}

	@Test
	void whoAnswersWithErrorsIsEjected() {
		Server sick = server("sick");
		sick.answerWith(500);
		Server well = server("well");
		ConfigurableApplicationContext application = start(List.of(sick.port(), well.port()));
		List<Integer> statuses = statuses(20, () -> send(application, "worker", HttpMethod.GET, null));
		assertThat(statuses).filteredOn((status) -> status == 500).hasSize(5);
		assertThat(statuses).filteredOn((status) -> status == 200).hasSize(15);
		assertThat(sick.arrived()).hasSize(5);
	}

	@Test
	void callsAreMeteredByInstance() {
		Server one = server("one");
		Server other = server("other");
		other.answerWith(404);
		ConfigurableApplicationContext application = start(List.of(one.port(), other.port()));
		statuses(4, () -> send(application, "worker", HttpMethod.GET, null));
		MeterRegistry meters = application.getBean(MeterRegistry.class);
		assertThat(requests(meters, one, "2xx").count()).isEqualTo(2);
		assertThat(requests(meters, other, "4xx").count()).isEqualTo(2);
		assertThat(meters.get("discovery.client.requests.active").gauges())
			.allSatisfy((gauge) -> assertThat(gauge.value()).isZero());
	}

	@Test
	void aCallTakesNoLongerThanItMay() {
		assumeThat(retries()).isTrue();
		Server hanging = server("hanging");
		hanging.hang();
		ConfigurableApplicationContext application = start(List.of(hanging.port()),
				"discovery.load-balancer.services.worker.timeout.request=300ms");
		assertThat(statuses(1, () -> send(application, "worker", HttpMethod.GET, null)))
			.containsExactly(isGateway() ? 504 : 0);
		assertThat(hanging.arrived()).hasSize(1);
	}

	private static Timer requests(MeterRegistry meters, Server server, String outcome) {
		return meters.get("discovery.client.requests")
			.tags("service", "worker", "instance", "i-" + server.port(), "outcome", outcome)
			.timer();
	}

	/**
	 * Sends requests.
	 * @return their statuses; 0 where there was none
	 */
	private static List<Integer> statuses(int count, Callable<Answer> request) {
		return IntStream.range(0, count).mapToObj((i) -> {
			try {
				return request.call().status();
			}
			catch (Exception ex) {
				return 0;
			}
		}).toList();
	}

	Server server(String name) {
		Server server = new Server(name);
		this.open.add(server);
		return server;
	}

	ConfigurableApplicationContext start(List<Integer> ports, String... properties) {
		String joined = ports.stream().map(String::valueOf).collect(Collectors.joining(","));
		String[] arguments = Stream.concat(
				Stream.of(Workers.PORTS + "=" + joined, "spring.application.name=caller", "server.port=0",
						"server.address=127.0.0.1", "discovery.namespace=corp", "discovery.aliases.payments=worker",
						"discovery.embedded.http-port=0", "discovery.embedded.dns-port=0",
						"discovery.registration.enabled=false", "discovery.load-balancer.outlier.base-ejection=10m",
						"discovery.load-balancer.outlier.max-ejection=10m", "spring.main.banner-mode=off",
						"spring.reactor.netty.shutdown-quiet-period=0s",
						"spring.cloud.gateway.server.webflux.enabled=" + (type() == WebApplicationType.REACTIVE)),
				Stream.of(properties))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application(), Workers.class).web(type())
			.run(arguments);
		this.open.add(context);
		return context;
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** How long a test waits for a reactive client. */
	static final Duration LIMIT = Duration.ofSeconds(30);

}
