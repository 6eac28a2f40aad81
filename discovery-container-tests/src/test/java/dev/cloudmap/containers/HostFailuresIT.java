package dev.cloudmap.containers;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.containers.fleet.Fleet;
import dev.cloudmap.containers.fleet.FleetSettings;
import dev.cloudmap.containers.fleet.NetworkFaults;
import dev.cloudmap.containers.fleet.Node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests killed and paused workers and a replaced registry. The registry detects failed
 * workers through leases.
 */
@EnabledIfContainers
class HostFailuresIT {

	private static final Duration LEASE = Duration.ofSeconds(5);

	@RegisterExtension
	static final Fleet fleet = new Fleet(FleetSettings.defaults()
		.withProperty("discovery.registration.lease", LEASE.toSeconds() + "s")
		.withProperty("discovery.load-balancer.outlier.max-ejection", "3s"));

	@Test
	void aWorkerIsKilledAndRestarted() {
		Node worker = fleet.workers().get(0);
		try (Load load = fleet.load()) {
			fleet.awaitAnswersFrom(load, fleet.workers());
			worker.kill();
			await("deregistration").atMost(LEASE.multipliedBy(3).plus(Fleet.PROPAGATION_TIMEOUT))
				.untilAsserted(() -> assertThat(fleet.api().instances(Fleet.NAMESPACE, Fleet.SERVICE)).hasSize(2));
			worker.startAgain();
			fleet.awaitFirstAnswer(load, worker);
			assertThat(load.stop().failed().all()).isEmpty();
		}
	}

	@Test
	void aWorkerIsPaused() {
		Node worker = fleet.workers().get(1);
		try (Load load = fleet.load()) {
			fleet.awaitAnswersFrom(load, fleet.workers());
			worker.pause();
			fleet.awaitAnswersOnlyFrom(load, fleet.workersExcept(worker));
			await("the end of the lease of " + worker).atMost(LEASE.plus(Fleet.PROPAGATION_TIMEOUT))
				.untilAsserted(() -> assertThat(fleet.api().healthy(Fleet.NAMESPACE, Fleet.SERVICE))
					.doesNotContain(worker.name()));
			worker.unpause();
			fleet.awaitAnswersFrom(load, List.of(worker));
			SlowCalls.assertFewSlowAndNoneFailed(load.stop());
		}
	}

	@Test
	void theRegistryIsReplacedWithItsVolume() {
		String namespace = fleet.api().namespaceId(Fleet.NAMESPACE);
		try (Load load = fleet.load()) {
			fleet.replaceRegistry(() -> fleet.keepLoad(load, Duration.ofSeconds(2)));
			assertThat(fleet.api().namespaceId(Fleet.NAMESPACE)).isEqualTo(namespace);
			fleet.awaitRegistered(fleet.workers());
			fleet.awaitAnswersFrom(load, fleet.workers());
			assertThat(load.stop().failed().all()).isEmpty();
		}
	}

	@Test
	void theRegistryIsReplacedWithoutItsVolume() {
		String namespace = fleet.api().namespaceId(Fleet.NAMESPACE);
		try (Load load = fleet.load()) {
			fleet.replaceRegistry(fleet::deleteRegistryVolume);
			fleet.awaitRegistered(fleet.workers());
			assertThat(fleet.api().namespaceId(Fleet.NAMESPACE)).isNotEqualTo(namespace);
			fleet.awaitAnswersFrom(load, fleet.workers());
			assertThat(load.stop().failed().all()).isEmpty();
		}
	}

	@Test
	void aWorkerThatCannotRenewItsLeaseIsNotCalled() {
		Node worker = fleet.workers().get(2);
		try (NetworkFaults network = new NetworkFaults(); Load load = fleet.load()) {
			network.partition(worker, fleet.registry());
			fleet.awaitAnswersOnlyFrom(load, fleet.workersExcept(worker));
			network.heal(worker, fleet.registry());
			fleet.awaitAnswersFrom(load, List.of(worker));
			assertThat(load.stop().failed().all()).isEmpty();
		}
	}

}
