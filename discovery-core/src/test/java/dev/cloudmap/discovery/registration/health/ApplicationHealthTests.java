package dev.cloudmap.discovery.registration.health;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;

import static org.assertj.core.api.Assertions.assertThat;

class ApplicationHealthTests {

	private static final ReportedHealth REFUSING = ReportedHealth.unhealthy("refusing");

	private static final ReportedHealth BROKEN = ReportedHealth.unhealthy("broken");

	private static final ReportedHealth FORCED = ReportedHealth.healthy("by hand");

	private final List<ReportedHealth> reported = new ArrayList<>();

	private final ApplicationHealth health = new ApplicationHealth((health) -> {
		this.reported.add(health);
		return CompletableFuture.completedFuture(null);
	});

	@Test
	void combinesReadinessAndChecks() {
		this.health.readiness(ReportedHealth.HEALTHY);
		this.health.checks(ReportedHealth.HEALTHY);
		assertThat(this.reported).isEmpty();
		this.health.checks(BROKEN);
		this.health.readiness(REFUSING);
		this.health.readiness(ReportedHealth.HEALTHY);
		this.health.checks(ReportedHealth.HEALTHY);
		assertThat(this.reported).containsExactly(BROKEN, REFUSING, BROKEN, ReportedHealth.HEALTHY);
	}

	@Test
	void prefersAReasonThatMayDeregister() {
		ReportedHealth down = ReportedHealth.unhealthy(Origin.OVERALL_HEALTH, "its health is DOWN");
		ReportedHealth dead = ReportedHealth.unhealthy(Origin.LIVENESS, "liveness is BROKEN");
		this.health.liveness(dead);
		this.health.checks(down);
		this.health.readiness(REFUSING);
		this.health.liveness(ReportedHealth.HEALTHY);
		this.health.readiness(ReportedHealth.HEALTHY);
		this.health.checks(ReportedHealth.HEALTHY);
		assertThat(this.reported).containsExactly(dead, down, REFUSING, down, ReportedHealth.HEALTHY);
	}

	@Test
	void manualDecisionTakesPrecedenceUntilItIsReset() {
		this.health.checks(BROKEN);
		this.health.manual(FORCED);
		this.health.readiness(REFUSING);
		this.health.checks(ReportedHealth.HEALTHY);
		assertThat(this.health.current()).isEqualTo(FORCED);
		this.health.manual(null);
		assertThat(this.reported).containsExactly(BROKEN, FORCED, REFUSING);
	}

}
