package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.InstanceReference;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instance health of a registry in AWS mode, with a manual clock.
 */
class LikeAwsHealthTests {

	private static final InstanceReference KEY = new InstanceReference("worker", "one");

	private static final Emulation HEALTH_LIKE_AWS = Emulation.LIKE_AWS.withOperationDelay(Duration.ZERO);

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RegistryState state = new RegistryState(Journal.NONE, this.scheduler, () -> HEALTH_LIKE_AWS,
			RegistryMode.LIKE_AWS);

	private final HealthReports health = HealthReports.begin(this.state, this.scheduler, () -> HEALTH_LIKE_AWS);

	@BeforeEach
	void register() {
		this.state.submit(Samples.createNamespace("ns-1", "corp")).join();
		this.state.submit(Samples.createService(Samples.service("worker", null, null, new CustomHealthCheck(1))))
			.join();
		this.state.submit(new RegisterInstance(KEY, Map.of(AttributeNames.LEASE, "1"), null)).join();
	}

	@AfterEach
	void stop() {
		this.state.close();
	}

	private void pass(String duration) {
		this.scheduler.advance(Duration.parse(duration));
		this.state.submit((transaction) -> "").join();
	}

	private HealthStatus status() {
		return this.state.snapshot().instance(KEY).health();
	}

	@Test
	void instanceNeverExpires() {
		pass("P30D");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

	@Test
	void reportAppliesAfterThirtySeconds() {
		this.health.report(KEY, HealthStatus.UNHEALTHY).join();
		pass("PT29.999S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
		pass("PT0.001S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		this.health.report(KEY, HealthStatus.HEALTHY).join();
		pass("PT29.999S");
		assertThat(status()).isEqualTo(HealthStatus.UNHEALTHY);
		pass("PT0.001S");
		assertThat(status()).isEqualTo(HealthStatus.HEALTHY);
	}

}
