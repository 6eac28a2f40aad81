package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.endpoint.ServiceRegistryEndpoint;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.registration.health.HealthProbe;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * The effect of an application's health on its registration.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class RegisteredHealthIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String[] WITH_DISK = {
			"management.endpoint.health.group.readiness.include=readinessState,disk",
			"discovery.registration.health.interval=100ms", "discovery.registration.health.group=readiness" };

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void overallHealthDownReportsUnhealthyWithoutDeregistering(CapturedOutput output) {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext sick = worker("discovery.registration.health.interval=100ms",
				"discovery.registration.health.action=deregister");
		ConfigurableApplicationContext well = this.applications.worker();
		await().atMost(LIMIT).until(() -> workers(backend).size() == 2);
		assertThat(output).contains("The registered health of this application is its overall health: that of [")
			.contains("disk, ")
			.contains(
					"without [discovery, discoveryComposite, livenessState, reactiveDiscoveryClients, readinessState]");
		sick.getBean(Disk.class).status = Status.DOWN;
		awaitPhase(sick, Phase.OUT_OF_SERVICE);
		await().atMost(LIMIT).until(() -> workers(backend), List.of(id(well))::equals);
		assertThat(state(sick).reason()).isEqualTo("its health is DOWN (disk DOWN)");
		assertThat(output).containsPattern("WARN.*This application is registered as unhealthy: its health is DOWN");
		sick.getBean(Disk.class).status = Status.UP;
		await().atMost(LIMIT).until(() -> workers(backend).size() == 2);
		assertThat(output).contains("This application is registered as healthy again");
		AvailabilityChangeEvent.publish(sick, new Object(), ReadinessState.REFUSING_TRAFFIC);
		awaitPhase(sick, Phase.WITHDRAWN);
	}

	@Test
	void unhealthyInstanceIsNotCalledUntilItRecovers() {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext sick = worker(WITH_DISK);
		ConfigurableApplicationContext well = this.applications.worker();
		await().atMost(LIMIT).until(() -> workers(backend).size() == 2);
		sick.getBean(Disk.class).status = Status.DOWN;
		await().atMost(LIMIT).until(() -> workers(backend), List.of(id(well))::equals);
		RegistrationState state = state(sick);
		assertThat(state.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(state.reason()).isEqualTo("health group readiness is DOWN (disk DOWN)");
		sick.getBean(Disk.class).status = Status.UP;
		await().atMost(LIMIT).until(() -> workers(backend).size() == 2);
		assertThat(state(sick).reason()).isNull();
	}

	@Test
	void deregisterActionKeepsLastInstance() {
		ConfigurableApplicationContext sick = worker(with("discovery.registration.health.action=deregister"));
		awaitPhase(sick, Phase.REGISTERED);
		sick.getBean(Disk.class).status = Status.OUT_OF_SERVICE;
		awaitPhase(sick, Phase.OUT_OF_SERVICE);
		assertThat(state(sick).reason()).contains("no other instance");
		sick.getBean(Disk.class).status = Status.UP;
		awaitPhase(sick, Phase.REGISTERED);
		ConfigurableApplicationContext well = this.applications.worker();
		awaitPhase(well, Phase.REGISTERED);
		sick.getBean(Disk.class).status = Status.DOWN;
		awaitPhase(sick, Phase.WITHDRAWN);
		await().atMost(LIMIT).until(() -> workers(well), List.of(id(well))::equals);
		sick.getBean(Disk.class).status = Status.UP;
		await().atMost(LIMIT).until(() -> workers(well).size() == 2);
	}

	@Test
	void instanceUnhealthyAtStartIsNotRegisteredAsHealthy() {
		ConfigurableApplicationContext sick = worker(with("test.disk=DOWN"));
		await().atMost(LIMIT).until(() -> state(sick).isHeld());
		assertThat(state(sick).phase()).isEqualTo(Phase.OUT_OF_SERVICE);
	}

	@Test
	void healthOfDiscoveryDoesNotAffectRegistration() {
		ConfigurableApplicationContext worker = worker(
				"management.endpoint.health.group.calls.include=discovery,discoveryComposite",
				"discovery.registration.health.group=calls", "discovery.registration.health.interval=100ms",
				"discovery.registry=cloud-map", "discovery.cloud-map.endpoint=http://127.0.0.1:1",
				"discovery.registration.host=127.0.0.1", "management.endpoint.health.status.http-mapping.UNKNOWN=503");
		await().atMost(LIMIT).until(() -> state(worker).problem() != null);
		assertThat(worker.getBean(HealthProbe.class).check().isHealthy()).isTrue();
	}

	@Test
	void readinessEventTakesEffectImmediately() {
		ConfigurableApplicationContext worker = worker(WITH_DISK);
		awaitPhase(worker, Phase.REGISTERED);
		AvailabilityChangeEvent.publish(worker, ReadinessState.REFUSING_TRAFFIC);
		awaitPhase(worker, Phase.OUT_OF_SERVICE);
		assertThat(state(worker).reason()).isEqualTo("readiness is REFUSING_TRAFFIC");
		assertThat(worker.getBean(HealthProbe.class).check().isHealthy()).isTrue();
	}

	@Test
	void manualStatusOverridesHealthUntilReset() {
		ConfigurableApplicationContext worker = worker(
				with("management.endpoints.web.exposure.include=health,serviceregistry"));
		awaitPhase(worker, Phase.REGISTERED);
		ServiceRegistryEndpoint endpoint = worker.getBean(ServiceRegistryEndpoint.class);
		endpoint.setStatus("OUT_OF_SERVICE");
		assertThat(state(worker).phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		AvailabilityChangeEvent.publish(worker, ReadinessState.ACCEPTING_TRAFFIC);
		assertThat(state(worker).reason()).contains("by hand");
		endpoint.setStatus("UP");
		worker.getBean(Disk.class).status = Status.DOWN;
		await().during(Duration.ofMillis(500)).atMost(LIMIT).until(() -> state(worker).phase() == Phase.REGISTERED);
		endpoint.setStatus("RESET");
		awaitPhase(worker, Phase.OUT_OF_SERVICE);
		assertThat(state(worker).reason()).contains("disk DOWN");
	}

	@Test
	void missingHealthGroupFailsWithExplanation() {
		assertThatThrownBy(() -> worker("discovery.registration.health.group=wellbeing"))
			.hasMessageContaining("discovery.registration.health.group is 'wellbeing': expected one of [")
			.hasMessageContaining("management.endpoint.health.group.wellbeing.include");
	}

	private ConfigurableApplicationContext worker(String... properties) {
		return this.applications.start(SickWorker.class, WebApplicationType.SERVLET, "worker", properties);
	}

	private static String[] with(String property) {
		return new String[] { WITH_DISK[0], WITH_DISK[1], WITH_DISK[2], property };
	}

	private static void awaitPhase(ConfigurableApplicationContext context, Phase phase) {
		await().atMost(LIMIT).until(() -> state(context).phase() == phase);
	}

	private static RegistrationState state(ConfigurableApplicationContext context) {
		return context.getBean(RegistrationReconciler.class).state();
	}

	private static String id(ConfigurableApplicationContext context) {
		return state(context).instance().instanceId();
	}

	private static List<String> workers(ConfigurableApplicationContext context) {
		return context.getBean(DiscoveryClient.class)
			.getInstances("worker")
			.stream()
			.map((instance) -> instance.getInstanceId())
			.toList();
	}

	@Import(Applications.Worker.class)
	static class SickWorker {

		@Bean
		Disk disk(Environment environment) {
			return new Disk(new Status(environment.getProperty("test.disk", "UP")));
		}

	}

	static final class Disk implements HealthIndicator {

		volatile Status status;

		Disk(Status status) {
			this.status = status;
		}

		@Override
		public Health health() {
			return Health.status(this.status).build();
		}

	}

}
