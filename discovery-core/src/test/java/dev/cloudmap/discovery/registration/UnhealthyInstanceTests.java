package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.RegistrationState.Phase;
import dev.cloudmap.discovery.registration.Standing.Origin;

import static dev.cloudmap.discovery.registration.ActorFixture.SICK;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of an instance that is not healthy.
 */
class UnhealthyInstanceTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final Standing DOWN = Standing.unhealthy(Origin.OVERALL_HEALTH, "its health is DOWN (db DOWN)");

	@Test
	void isReportedAtOnceAndKeptSoWithEachRenewal() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().registered();
		assertThat(fixture.actor.report(SICK)).isCompleted();
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.actor.state().reason()).isEqualTo("the disk is full");
		assertThat(fixture.calls()).containsExactly("register i-1", "UNHEALTHY i-1");
		fixture.timer.advance(Duration.ofSeconds(4));
		// the report that it is unhealthy renews no lease
		assertThat(fixture.calls()).containsExactly("register i-1");
		fixture.actor.report(Standing.HEALTHY);
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(fixture.calls()).containsExactly("HEALTHY i-1");
	}

	@Test
	void isNeverRegisteredAsHealthy() {
		ActorFixture fixture = ActorFixture.unhealthyFirst();
		fixture.actor.report(SICK);
		fixture.registered();
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(initialHealth(fixture)).isEqualTo("UNHEALTHY");
		fixture.registry.instances.clear();
		fixture.timer.advance(Duration.ofSeconds(4));
		assertThat(initialHealth(fixture)).isEqualTo("UNHEALTHY");
		fixture.actor.report(Standing.HEALTHY);
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void isReportedOnceTheRegistryIsThereAgain() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(fixture.actor.report(SICK)).isCompletedExceptionally();
		fixture.timer.advance(Duration.ofSeconds(10));
		fixture.registry.failure = null;
		fixture.timer.advance(Duration.ofSeconds(10));
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.actor.state().problem()).isNull();
	}

	@Test
	void isNeverDeregisteredForTheHealthOfTheApplicationAsAWhole() {
		for (ActorFixture fixture : List.of(ActorFixture.unhealthyFirst(), ActorFixture.deregisteredAtOnce())) {
			fixture.withoutLeases().registered();
			fixture.registry.healthyPeers = Set.of("i-1", "i-2");
			fixture.actor.report(DOWN);
			fixture.timer.advance(Duration.ofHours(1));
			assertThat(fixture.registry.instances).containsKey("i-1");
			assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
			assertThat(fixture.calls()).contains("UNHEALTHY i-1").doesNotContain("deregister i-1");
		}
	}

	@Test
	void isDeregisteredForRefusedReadinessThatLastsAlsoWhileItsHealthIsDown() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-1", "i-2");
		fixture.actor.report(DOWN);
		fixture.timer.advance(Duration.ofHours(1));
		fixture.actor.report(Standing.unhealthy(Origin.READINESS, "readiness is REFUSING_TRAFFIC"));
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.actor.report(DOWN);
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
	}

	@Test
	void staysRegisteredAlsoWhereTheServiceKeepsNoHealth() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.registry.keepsHealth = false;
		fixture.registry.healthyPeers = Set.of("i-1", "i-2");
		fixture.actor.report(DOWN);
		fixture.timer.advance(Duration.ofHours(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(fixture.actor.state().reason()).contains("its health is DOWN (db DOWN)").contains("keeps no health");
	}

	@Test
	void isTakenOutWhenThatLastsAndRegisteredAnewWhenItIsWell() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-1", "i-2");
		fixture.actor.report(SICK);
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(fixture.registry.instances).isEmpty();
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.actor.report(Standing.HEALTHY);
		assertThat(fixture.registry.instances).containsEntry("i-1", ActorFixture.INSTANCE);
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void aFurtherReasonDoesNotProlongThePatience() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.actor.report(SICK);
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		fixture.actor.report(Standing.unhealthy("the database is away"));
		assertThat(fixture.actor.state().reason()).isEqualTo("the database is away");
		fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void isTakenOutAtOnceWhereThatIsWanted() {
		ActorFixture fixture = ActorFixture.deregisteredAtOnce().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.calls();
		fixture.actor.report(SICK);
		// unhealthy first: of two that are sick at once, one sees that it is the last
		assertThat(fixture.calls()).containsExactly("UNHEALTHY i-1", "discover worker.corp", "deregister i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void isNotEvenRegisteredWhereItWouldBeTakenOut() {
		ActorFixture fixture = ActorFixture.deregisteredAtOnce();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.actor.report(SICK);
		fixture.registered();
		assertThat(fixture.registry.instances).isEmpty();
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void theLastOneStaysUntilAnotherIsHealthy() {
		ActorFixture fixture = ActorFixture.deregisteredAtOnce().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-1");
		fixture.actor.report(SICK);
		fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.actor.state().reason()).startsWith("the disk is full").contains("no other instance");
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.timer.advance(Duration.ofSeconds(10));
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void comesBackAsUnhealthyWhenTheOthersHaveGone() {
		ActorFixture fixture = ActorFixture.deregisteredAtOnce().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.actor.report(SICK);
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.registry.healthyPeers = Set.of();
		fixture.timer.advance(Duration.ofSeconds(10));
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(initialHealth(fixture)).isEqualTo("UNHEALTHY");
	}

	@Test
	void staysWhenItCannotBeSeenWhetherItIsTheLast() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.actor.report(SICK);
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.actor.state().problem()).isEqualTo("away");
	}

	@Test
	void isTakenOutAtOnceWhereTheServiceKeepsNoHealth() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().withoutLeases().registered();
		fixture.registry.keepsHealth = false;
		fixture.registry.healthyPeers = Set.of("i-2");
		assertThat(fixture.actor.report(SICK)).isCompleted();
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.calls();
		fixture.actor.report(Standing.HEALTHY);
		assertThat(fixture.calls()).containsExactly("register i-1");
	}

	@Test
	void aLeaseIsRenewedByRegistrationWhereTheServiceKeepsNoHealth() {
		ActorFixture fixture = ActorFixture.unhealthyFirst().registered();
		fixture.registry.keepsHealth = false;
		fixture.timer.advance(Duration.ofSeconds(4));
		fixture.calls();
		fixture.timer.advance(Duration.ofSeconds(4));
		assertThat(fixture.calls()).isNotEmpty().containsOnly("register i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(fixture.registry.instances.get("i-1").attributes()).isEqualTo(Map.of());
	}

	private static String initialHealth(ActorFixture fixture) {
		return fixture.registry.instances.get("i-1").attributes().get("AWS_INIT_HEALTH_STATUS");
	}

}
