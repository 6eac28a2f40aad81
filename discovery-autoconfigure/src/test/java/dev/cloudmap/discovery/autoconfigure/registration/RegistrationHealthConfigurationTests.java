package dev.cloudmap.discovery.autoconfigure.registration;

import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.scheduling.TaskScheduler;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registration.health.HealthMonitor;
import dev.cloudmap.discovery.registration.health.HealthProbe;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications without an exposed Actuator health endpoint.
 */
@ExtendWith(OutputCaptureExtension.class)
class RegistrationHealthConfigurationTests {

	private static final String UNCHECKED = "The health of this application is not checked";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UtilAutoConfiguration.class, RegistryAutoConfiguration.class,
				RegistrationAutoConfiguration.class, AutoServiceRegistrationAutoConfiguration.class,
				AutoRegistrationAutoConfiguration.class, RegistrationHealthAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new)
		.withPropertyValues("discovery.namespace=corp", "spring.application.name=worker");

	@Test
	void logsOnceThatOnlyReadinessIsChecked(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(HealthMonitor.class);
			assertThat(context.getBean(HealthProbe.class).check()).isEqualTo(ReportedHealth.HEALTHY);
		});
		assertThat(output).containsOnlyOnce(UNCHECKED)
			.contains("spring-boot-starter-actuator")
			.contains("management.endpoints.web.exposure.include");
	}

	@Test
	void logsOnceWithoutActuator(CapturedOutput output) {
		this.runner.withClassLoader(new FilteredClassLoader(HealthEndpoint.class))
			.run((context) -> assertThat(context).hasSingleBean(HealthMonitor.class));
		assertThat(output).containsOnlyOnce(UNCHECKED);
	}

	@Test
	void unavailableHealthGroupFailsWithExplanation() {
		this.runner.withPropertyValues("discovery.registration.health.group=wellbeing")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(DiscoveryException.class)
				.hasMessageContaining("discovery.registration.health.group is 'wellbeing'")
				.hasMessageContaining("management.endpoints.web.exposure.include"));
	}

	@Test
	void usesUserProbeWithoutActuator(CapturedOutput output) {
		HealthProbe own = () -> ReportedHealth.unhealthy("tired");
		this.runner.withBean(HealthProbe.class, () -> own)
			.run((context) -> assertThat(context).hasSingleBean(HealthMonitor.class)
				.getBean(HealthProbe.class)
				.isSameAs(own));
		assertThat(output).doesNotContain(UNCHECKED);
	}

	@Test
	void warnsIfShutdownTimeoutIsShorterThanDerivedDrain(CapturedOutput output) {
		this.runner.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("timeout-per-shutdown-phase");
		this.runner.withPropertyValues("discovery.registration.ttl=60s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("set spring.lifecycle.timeout-per-shutdown-phase to more")
			.contains("TTL of 60 s");
	}

	@Test
	void definesNoTaskSchedulerOrExecutorBean() {
		this.runner
			.run((context) -> assertThat(context).doesNotHaveBean(TaskScheduler.class).doesNotHaveBean(Executor.class));
	}

}
