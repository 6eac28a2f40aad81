package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.CallsInFlight;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejection;
import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Starts an application with a client and its own registry, which all tests of a class
 * share, and servers that it calls.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClientApplicationTests {

	/** The maximum wait time of a test. */
	static final Duration LIMIT = Duration.ofSeconds(30);

	private final List<AutoCloseable> open = new ArrayList<>();

	private @Nullable ConfigurableApplicationContext application;

	@BeforeAll
	void start() {
		String legacy = "spring.cloud.discovery.client.simple.instances.legacy";
		String[] arguments = Stream
			.of("spring.application.name=caller", "server.port=0", "server.address=127.0.0.1",
					"discovery.namespace=corp", "discovery.aliases.payments=worker",
					"discovery.aliases[server.hello-world.com]=worker.corp", "discovery.embedded.http-port=0",
					"discovery.embedded.dns-port=0", "discovery.registration.enabled=false",
					"discovery.load-balancer.outlier.base-ejection=10m",
					"discovery.load-balancer.outlier.max-ejection=10m",
					"discovery.load-balancer.services.by-attribute.call-by=name",
					"discovery.load-balancer.services.by-name.call-by=name",
					"discovery.load-balancer.services.dead.retry.enabled=false",
					"discovery.load-balancer.services.hanging.timeout.request=1s",
					"discovery.load-balancer.services.full.timeout.connect=300ms", "spring.main.banner-mode=off",
					"spring.reactor.netty.shutdown-quiet-period=0s",
					legacy + "[0].uri=http://127.0.0.1:" + Ports.refusing(),
					legacy + "[1].uri=http://127.0.0.1:" + server("legacy").port(),
					"spring.cloud.discovery.client.simple.instances." + Workers.FOREIGN_NAME
							+ "[0].uri=http://127.0.0.1:" + server("foreign").port(),
					"spring.cloud.gateway.server.webflux.enabled=" + (type() == WebApplicationType.REACTIVE))
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(applicationClass(), Observations.class)
			.web(type())
			.run(arguments);
		this.application = context;
		this.open.add(context);
		serve("worker", server("worker"));
	}

	@AfterAll
	void close() throws Exception {
		Collections.reverse(this.open);
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	/**
	 * Returns the application with the client.
	 */
	abstract Class<?> applicationClass();

	WebApplicationType type() {
		return WebApplicationType.NONE;
	}

	/**
	 * Asserts that no call is in flight, neither for the load balancer nor in the
	 * client's observations.
	 */
	void assertNothingIsOnItsWay(String service) {
		CallStatistics statistics = application().getBean(CallStatistics.class);
		List<ServiceInstance> instances = application().getBean(InstanceCatalog.class).service(service).known();
		assertThat(instances).isNotEmpty();
		// a gateway may answer before it reports the result
		await().atMost(LIMIT).untilAsserted(() -> {
			assertThat(instances)
				.allSatisfy((instance) -> assertThat(CallsInFlight.to(instance, Workers.service(service), statistics))
					.isZero());
			assertThat(application().getBean(MeterRegistry.class)
				.get("discovery.client.requests.active")
				.tag("service", service)
				.gauges()).allSatisfy((gauge) -> assertThat(gauge.value()).isZero());
			assertObservationsHaveEnded();
		});
	}

	void assertObservationsHaveEnded() {
		assertThat(application().getBean(MeterRegistry.class).find("http.client.requests.active").longTaskTimers())
			.allSatisfy((observed) -> assertThat(observed.activeTasks()).isZero());
	}

	Timer requests(String service, RecordingServer server, String outcome) {
		return application().getBean(MeterRegistry.class)
			.get("discovery.client.requests")
			.tags("service", service, "instance", Workers.id(server.port()), "outcome", outcome)
			.timer();
	}

	Collection<Ejection> ejections(String service) {
		return application().getBean(CallStatistics.class).ejections(Workers.service(service));
	}

	ConfigurableApplicationContext application() {
		if (this.application == null) {
			throw new IllegalStateException("The application has not started");
		}
		return this.application;
	}

	RecordingServer server(String name) {
		RecordingServer server = RecordingServer.plain(name);
		this.open.add(server);
		return server;
	}

	RecordingServer secureServer(String name, LoopbackCertificate certificate) {
		RecordingServer server = RecordingServer.secure(name, certificate.server());
		this.open.add(server);
		return server;
	}

	void serve(String service, RecordingServer... servers) {
		Workers.register(application(), service, Map.of(),
				Stream.of(servers).mapToInt(RecordingServer::port).toArray());
	}

}
