package dev.cloudmap.discovery.registration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.registration.Standing.Origin;

import static org.assertj.core.api.Assertions.assertThat;

class InstanceHealthTests {

	private static final Standing REFUSING = Standing.unhealthy("refusing");

	private static final Standing BROKEN = Standing.unhealthy("broken");

	private static final Standing FORCED = Standing.healthy("by hand");

	private final List<Standing> told = new ArrayList<>();

	private final InstanceHealth health = new InstanceHealth((standing) -> {
		this.told.add(standing);
		return CompletableFuture.completedFuture(null);
	});

	@Test
	void needsBothReadinessAndChecks() {
		this.health.ready(Standing.HEALTHY);
		this.health.checked(Standing.HEALTHY);
		assertThat(this.told).isEmpty();
		this.health.checked(BROKEN);
		this.health.ready(REFUSING);
		this.health.ready(Standing.HEALTHY);
		this.health.checked(Standing.HEALTHY);
		assertThat(this.told).containsExactly(BROKEN, REFUSING, BROKEN, Standing.HEALTHY);
	}

	@Test
	void aReasonToDeregisterIsNotHiddenByOneThatIsNone() {
		Standing down = Standing.unhealthy(Origin.OVERALL_HEALTH, "its health is DOWN");
		Standing dead = Standing.unhealthy(Origin.LIVENESS, "liveness is BROKEN");
		this.health.alive(dead);
		this.health.checked(down);
		this.health.ready(REFUSING);
		this.health.alive(Standing.HEALTHY);
		this.health.ready(Standing.HEALTHY);
		this.health.checked(Standing.HEALTHY);
		assertThat(this.told).containsExactly(dead, down, REFUSING, down, Standing.HEALTHY);
	}

	@Test
	void whatIsDecidedByHandWinsUntilItIsTakenBack() {
		this.health.checked(BROKEN);
		this.health.decided(FORCED);
		this.health.ready(REFUSING);
		this.health.checked(Standing.HEALTHY);
		assertThat(this.health.standing()).isEqualTo(FORCED);
		this.health.decided(null);
		assertThat(this.told).containsExactly(BROKEN, FORCED, REFUSING);
	}

}
