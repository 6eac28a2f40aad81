package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationHistory.Transition;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static org.assertj.core.api.Assertions.assertThat;

class RegistrationHistoryTests {

	private final ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();

	private final RegistrationHistory history = this.fixture.reconciler.history();

	@Test
	void keepsChangesWithTimesAndReasons() {
		Instant start = this.fixture.timer.now();
		this.fixture.timer.advance(Duration.ofSeconds(7));
		this.fixture.registered();
		this.fixture.timer.advance(Duration.ofSeconds(1));
		this.fixture.reconciler.report(ReconcilerFixture.SICK);
		assertThat(this.history.transitions()).containsExactly(new Transition(start, Phase.WAITING, null, null),
				new Transition(start.plusSeconds(7), Phase.REGISTERING, null, null),
				new Transition(start.plusSeconds(7), Phase.REGISTERED, null, null),
				new Transition(start.plusSeconds(8), Phase.OUT_OF_SERVICE, "the disk is full", null));
		assertThat(this.history.entered(Phase.REGISTERED)).isOne();
		assertThat(this.history.entered(Phase.WAITING)).isZero();
	}

	@Test
	void keepsTheLastFiftyChanges() {
		this.fixture.registered();
		for (int i = 0; i < 40; i++) {
			this.fixture.reconciler.report(ReconcilerFixture.SICK);
			this.fixture.reconciler.report(ReportedHealth.HEALTHY);
		}
		assertThat(this.history.transitions()).hasSize(RegistrationHistory.MAX_TRANSITIONS)
			.extracting(Transition::phase)
			.containsOnly(Phase.REGISTERED, Phase.OUT_OF_SERVICE)
			.endsWith(Phase.REGISTERED);
		assertThat(this.history.healthChanges(HealthStatus.UNHEALTHY)).isEqualTo(40);
		assertThat(this.history.healthChanges(HealthStatus.HEALTHY)).isEqualTo(40);
		assertThat(this.history.entered(Phase.OUT_OF_SERVICE)).isEqualTo(40);
	}

	@Test
	void countsFailedRenewalsOnly() {
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		this.fixture.registered();
		assertThat(this.history.renewalFailures()).isZero();
		this.fixture.registry.failure = null;
		this.fixture.registered();
		this.fixture.registry.failure = new RegistryUnavailableException("away", null);
		this.fixture.timer.advance(Duration.ofSeconds(4));
		assertThat(this.history.renewalFailures()).isPositive();
		assertThat(this.history.transitions()).last().extracting(Transition::problem).isEqualTo("away");
	}

}
