package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.RegistrationLifecycle;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static dev.cloudmap.discovery.application.CallTests.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications and registries that start and stop.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class ApplicationLifecycleIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void callsSucceedWhileInstanceStops() throws Exception {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext leaving = this.applications.worker("discovery.registration.drain=2s");
		ConfigurableApplicationContext staying = this.applications.worker();
		awaitInstances(backend, 2);
		// a POST is never retried after it was sent, so each failure is visible
		RestClient client = backend.getBean(RestClient.Builder.class).build();
		AtomicBoolean stop = new AtomicBoolean();
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		AtomicInteger answers = new AtomicInteger();
		CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
			while (!stop.get()) {
				try {
					client.post().uri("http://worker/").retrieve().body(String.class);
					answers.incrementAndGet();
				}
				catch (RuntimeException ex) {
					failures.add(ex);
				}
			}
		});
		leaving.close();
		await().atMost(LIMIT).until(() -> workers(backend), List.of(id(staying))::equals);
		int before = answers.get();
		await().atMost(LIMIT).until(() -> answers.get() > before + 20);
		stop.set(true);
		load.get();
		assertThat(failures).isEmpty();
	}

	@Test
	void anotherApplicationTakesOverEmbeddedRegistry() {
		// callers see that it is deregistered; otherwise they keep it for a time
		ConfigurableApplicationContext host = this.applications.worker("discovery.registration.drain=500ms");
		assertThat(host.getBean(Registry.class).info().role()).isEqualTo("host");
		ConfigurableApplicationContext worker = this.applications.worker();
		ConfigurableApplicationContext backend = this.applications.backend();
		awaitInstances(backend, 2);
		RestClient client = backend.getBean(RestClient.Builder.class).build();
		host.close();
		for (int i = 0; i < 50; i++) {
			assertThat(client.get().uri("http://worker/").retrieve().body(String.class)).isEqualTo(id(worker));
		}
		await().atMost(LIMIT).until(() -> workers(backend), List.of(id(worker))::equals);
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(List.of(worker, backend))
				.extracting((context) -> context.getBean(Registry.class).info().role())
				.containsExactlyInAnyOrder("host", "member"));
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(worker.getBean(Registry.class)
				.discover(worker.getBean(RegistrationReconciler.class).state().instance().service())
				.instances()).hasSize(1));
	}

	@Test
	void instanceThatRefusesTrafficIsNotFoundUntilItAcceptsTraffic() {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext tired = this.applications.worker();
		String other = id(this.applications.worker());
		awaitInstances(backend, 2);
		AvailabilityChangeEvent.publish(tired, ReadinessState.REFUSING_TRAFFIC);
		await().atMost(LIMIT).until(() -> workers(backend), List.of(other)::equals);
		assertThat(tired.getBean(RegistrationReconciler.class).state().phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		AvailabilityChangeEvent.publish(tired, ReadinessState.ACCEPTING_TRAFFIC);
		awaitInstances(backend, 2);
	}

	@Test
	void registersAgainAfterRestart() {
		ConfigurableApplicationContext worker = this.applications.worker();
		RegistrationReconciler reconciler = worker.getBean(RegistrationReconciler.class);
		await().atMost(LIMIT).until(() -> reconciler.state().phase() == Phase.REGISTERED);
		worker.stop();
		assertThat(reconciler.state().phase()).isEqualTo(Phase.DEREGISTERED);
		worker.start();
		await().atMost(LIMIT).until(() -> reconciler.state().phase() == Phase.REGISTERED);
		assertThat(worker.getBean(Registration.class).getPort())
			.isEqualTo(((WebServerApplicationContext) worker).getWebServer().getPort());
		await().atMost(LIMIT).until(() -> workers(worker), List.of(id(worker))::equals);
		assertThat(worker.getBean(Registry.class).info().role()).isEqualTo("host");
	}

	@Test
	void onlyApplicationStopsWithoutDrainOrWarning(CapturedOutput output) {
		// an application that is started on another thread does not count as a test
		ConfigurableApplicationContext worker = CompletableFuture
			.supplyAsync(() -> this.applications.worker("discovery.registration.drain="))
			.join();
		await().atMost(LIMIT)
			.until(() -> worker.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
		workers(worker);
		worker.close();
		assertThat(output).contains("Stopping at once: no other application is registered or watches the registry")
			.doesNotContain("Serving for another")
			.doesNotContainPattern("WARN .*RegistrationReconciler");
	}

	@Test
	void testApplicationDrainsOnlyIfConfigured(CapturedOutput output) {
		ConfigurableApplicationContext draining = this.applications.worker("discovery.registration.drain=100ms");
		ConfigurableApplicationContext worker = this.applications.worker("discovery.registration.drain=");
		await().atMost(LIMIT).until(() -> workers(worker).size() == 2);
		worker.close();
		assertThat(output).doesNotContain("Serving for another");
		draining.close();
		assertThat(output).contains("Serving for another");
	}

	@Test
	void deregistersBeforeWebServerStops() {
		ConfigurableApplicationContext worker = this.applications.start(Witness.class, WebApplicationType.SERVLET,
				"worker");
		Witness witness = worker.getBean(Witness.class);
		await().atMost(LIMIT).until(() -> witness.events.contains("registered"));
		worker.close();
		assertThat(witness.events).containsExactly("pre-registered", "before-start", "after-start", "registered",
				"before-stop", "after-stop with the web server running");
	}

	@Test
	void applicationWithoutPortIsNotRegisteredAndLogsReason(CapturedOutput output) {
		ConfigurableApplicationContext batch = this.applications.start(Batch.class, WebApplicationType.NONE, "batch");
		RegistrationReconciler reconciler = batch.getBean(RegistrationReconciler.class);
		await().atMost(LIMIT).until(() -> reconciler.state().problem() != null);
		assertThat(reconciler.state().problem()).contains("discovery.registration.port");
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(output)
				.containsPattern("WARN .*This application is not registered because it has no port.*"
						+ "It is registered when.*Set discovery.registration.port to the port"));
		assertThat(batch.getBean(DiscoveryClient.class).getInstances("batch")).isEmpty();
		ConfigurableApplicationContext grpc = this.applications.start(Batch.class, WebApplicationType.NONE, "grpc",
				"discovery.registration.port=9090");
		await().atMost(LIMIT)
			.until(() -> grpc.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
		assertThat(batch.getBean(DiscoveryClient.class).getInstances("grpc")).singleElement()
			.satisfies((instance) -> assertThat(instance.getPort()).isEqualTo(9090));
	}

	@Test
	void registersWithoutPortIfConfigured() {
		ConfigurableApplicationContext batch = this.applications.start(Batch.class, WebApplicationType.NONE, "batch",
				"discovery.registration.port=none", "discovery.lookup.services.batch.port=7000");
		await().atMost(LIMIT)
			.until(() -> batch.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
		assertThat(batch.getBean(DiscoveryClient.class).getInstances("batch")).singleElement()
			.satisfies((instance) -> assertThat(instance.getPort()).isEqualTo(7000));
	}

	@Test
	void registersActualManagementPort() {
		ConfigurableApplicationContext worker = this.applications.worker("management.server.port=0",
				"management.server.base-path=/manage", "server.servlet.context-path=/api", "discovery.lookup.mode=api");
		await().atMost(LIMIT)
			.until(() -> worker.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
		ServiceInstance instance = worker.getBean(DiscoveryClient.class).getInstances("worker").get(0);
		assertThat(instance.getMetadata()).containsEntry("management.context-path", "/manage/actuator")
			.containsEntry("context-path", "/api");
		int port = Integer.parseInt(instance.getMetadata().get("management.port"));
		assertThat(port).isNotEqualTo(instance.getPort());
		assertThat(RestClient.create()
			.get()
			.uri("http://127.0.0.1:" + port + "/manage/actuator/health")
			.retrieve()
			.body(String.class)).contains("registration");
		assertThat(RestClient.create().get().uri(instance.getUri() + "/api/").retrieve().body(String.class))
			.isEqualTo(id(worker));
	}

	private static List<String> workers(ConfigurableApplicationContext context) {
		return context.getBean(DiscoveryClient.class)
			.getInstances("worker")
			.stream()
			.map((instance) -> instance.getInstanceId())
			.toList();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Batch {

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Witness {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@EventListener
		void on(InstancePreRegisteredEvent event) {
			this.events.add("pre-registered");
		}

		@EventListener
		void on(InstanceRegisteredEvent<?> event) {
			this.events.add("registered");
		}

		@Bean
		RegistrationLifecycle<DiscoveryRegistration> lifecycle() {
			return new RegistrationLifecycle<>() {

				@Override
				public void postProcessBeforeStartRegister(DiscoveryRegistration registration) {
					Witness.this.events.add("before-start");
				}

				@Override
				public void postProcessAfterStartRegister(DiscoveryRegistration registration) {
					Witness.this.events.add("after-start");
				}

				@Override
				public void postProcessBeforeStopRegister(DiscoveryRegistration registration) {
					Witness.this.events.add("before-stop");
				}

				@Override
				public void postProcessAfterStopRegister(DiscoveryRegistration registration) {
					Witness.this.events
						.add("after-stop with the web server " + (isServed(registration) ? "running" : "gone"));
				}

			};
		}

		private static boolean isServed(DiscoveryRegistration registration) {
			return RestClient.create()
				.get()
				.uri(registration.getUri())
				.exchange((request, response) -> response.getStatusCode().value() == 404);
		}

	}

}
