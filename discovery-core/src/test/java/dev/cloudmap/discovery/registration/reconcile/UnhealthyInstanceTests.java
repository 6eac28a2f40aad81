package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture.SICK;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests an unhealthy instance.
 */
class UnhealthyInstanceTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final ReportedHealth DOWN = ReportedHealth.unhealthy(Origin.OVERALL_HEALTH,
			"its health is DOWN (db DOWN)");

	@Test
	void isReportedAtOnceAndWithEachRenewal() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		assertThat(fixture.reconciler.report(SICK)).isCompleted();
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.reconciler.state().reason()).isEqualTo("the disk is full");
		assertThat(fixture.calls()).containsExactly("register i-1", "UNHEALTHY i-1");
		fixture.timer.advance(Duration.ofSeconds(4));
		// the report of unhealthiness renews no lease
		assertThat(fixture.calls()).containsExactly("register i-1");
		fixture.reconciler.report(ReportedHealth.HEALTHY);
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(fixture.calls()).containsExactly("HEALTHY i-1");
	}

	@Test
	void isNeverRegisteredAsHealthy() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy();
		fixture.reconciler.report(SICK);
		fixture.registered();
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(initialHealth(fixture)).isEqualTo("UNHEALTHY");
		fixture.registry.instances.clear();
		fixture.timer.advance(Duration.ofSeconds(4));
		assertThat(initialHealth(fixture)).isEqualTo("UNHEALTHY");
		fixture.reconciler.report(ReportedHealth.HEALTHY);
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void isReportedWhenTheRegistryIsAvailableAgain() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(fixture.reconciler.report(SICK)).isCompletedExceptionally();
		fixture.timer.advance(Duration.ofSeconds(10));
		fixture.registry.failure = null;
		fixture.timer.advance(Duration.ofSeconds(10));
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.reconciler.state().problem()).isNull();
	}

	@Test
	void isNeverDeregisteredForTheHealthOfTheApplicationAsAWhole() {
		for (ReconcilerFixture fixture : List.of(ReconcilerFixture.reportingUnhealthy(),
				ReconcilerFixture.deregisteringUnhealthy())) {
			fixture.withoutLeases().registered();
			fixture.registry.healthyPeers = Set.of("i-1", "i-2");
			fixture.reconciler.report(DOWN);
			fixture.timer.advance(Duration.ofHours(1));
			assertThat(fixture.registry.instances).containsKey("i-1");
			assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
			assertThat(fixture.calls()).contains("UNHEALTHY i-1").doesNotContain("deregister i-1");
		}
	}

	@Test
	void isDeregisteredForRefusedReadinessWhileItsHealthIsDown() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-1", "i-2");
		fixture.reconciler.report(DOWN);
		fixture.timer.advance(Duration.ofHours(1));
		fixture.reconciler.report(ReportedHealth.unhealthy(Origin.READINESS, "readiness is REFUSING_TRAFFIC"));
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.reconciler.report(DOWN);
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
	}

	@Test
	void staysRegisteredIfTheServiceStoresNoHealth() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.registry.keepsHealth = false;
		fixture.registry.healthyPeers = Set.of("i-1", "i-2");
		fixture.reconciler.report(DOWN);
		fixture.timer.advance(Duration.ofHours(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(fixture.reconciler.state().reason()).contains("its health is DOWN (db DOWN)")
			.contains("stores no health");
	}

	@Test
	void isDeregisteredLaterAndRegisteredWhenItIsHealthy() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-1", "i-2");
		fixture.reconciler.report(SICK);
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(fixture.registry.instances).isEmpty();
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.reconciler.report(ReportedHealth.HEALTHY);
		assertThat(fixture.registry.instances).containsEntry("i-1", ReconcilerFixture.INSTANCE);
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void isDeregisteredInTimeDespiteAFurtherReason() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.reconciler.report(SICK);
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		fixture.reconciler.report(ReportedHealth.unhealthy("the database is away"));
		assertThat(fixture.reconciler.state().reason()).isEqualTo("the database is away");
		fixture.timer.advance(Duration.ofSeconds(1));
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void isDeregisteredAtOnceIfConfigured() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.calls();
		fixture.reconciler.report(SICK);
		// unhealthy first: if two become unhealthy at once, one detects that it is the
		// last
		assertThat(fixture.calls()).containsExactly("UNHEALTHY i-1", "discover worker.corp", "deregister i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void isNotRegisteredIfItWouldBeDeregistered() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.reconciler.report(SICK);
		fixture.registered();
		assertThat(fixture.registry.instances).isEmpty();
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void staysRegisteredUntilAnotherIsHealthy() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy().withoutLeases().registered();
		fixture.registry.healthyPeers = Set.of("i-1");
		fixture.reconciler.report(SICK);
		fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.reconciler.state().reason()).startsWith("the disk is full").contains("no other instance");
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.timer.advance(Duration.ofSeconds(10));
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
	}

	@Test
	void isRegisteredAsUnhealthyIfTheOthersAreGone() {
		ReconcilerFixture fixture = ReconcilerFixture.deregisteringUnhealthy().registered();
		fixture.registry.healthyPeers = Set.of("i-2");
		fixture.reconciler.report(SICK);
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.registry.healthyPeers = Set.of();
		fixture.timer.advance(Duration.ofSeconds(10));
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(initialHealth(fixture)).isEqualTo("UNHEALTHY");
	}

	@Test
	void staysRegisteredIfPeersAreUnknown() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.reconciler.report(SICK);
		fixture.timer.advance(PATIENCE.minusSeconds(1));
		fixture.registry.failure = new RegistryUnavailableException("away", null);
		fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(fixture.registry.instances).containsKey("i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(fixture.reconciler.state().problem()).isEqualTo("away");
	}

	@Test
	void isDeregisteredAtOnceIfTheServiceStoresNoHealth() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().withoutLeases().registered();
		fixture.registry.keepsHealth = false;
		fixture.registry.healthyPeers = Set.of("i-2");
		assertThat(fixture.reconciler.report(SICK)).isCompleted();
		assertThat(fixture.phase()).isEqualTo(Phase.WITHDRAWN);
		fixture.calls();
		fixture.reconciler.report(ReportedHealth.HEALTHY);
		assertThat(fixture.calls()).containsExactly("register i-1");
	}

	@Test
	void isRenewedByRegistrationIfTheServiceStoresNoHealth() {
		ReconcilerFixture fixture = ReconcilerFixture.reportingUnhealthy().registered();
		fixture.registry.keepsHealth = false;
		fixture.timer.advance(Duration.ofSeconds(4));
		fixture.calls();
		fixture.timer.advance(Duration.ofSeconds(4));
		assertThat(fixture.calls()).isNotEmpty().containsOnly("register i-1");
		assertThat(fixture.phase()).isEqualTo(Phase.REGISTERED);
		assertThat(fixture.registry.instances.get("i-1").attributes()).isEqualTo(Map.of());
	}

	private static String initialHealth(ReconcilerFixture fixture) {
		return fixture.registry.instances.get("i-1").attributes().get("AWS_INIT_HEALTH_STATUS");
	}

}
