package dev.cloudmap.containers;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.containers.fleet.DelayProxy;
import dev.cloudmap.containers.fleet.Fleet;
import dev.cloudmap.containers.fleet.Fleet.Sample;
import dev.cloudmap.containers.fleet.FleetSettings;
import dev.cloudmap.containers.fleet.NetworkFaults;
import dev.cloudmap.containers.fleet.Node;
import dev.cloudmap.containers.fleet.Programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests network failures between healthy machines. The registry behaves like AWS Cloud
 * Map: it changes the health or registration of an instance only on request.
 */
@EnabledIfContainers
class NetworkFaultsIT {

	private static final Duration DELAY = Duration.ofMillis(200);

	@RegisterExtension
	static final Fleet fleet = new Fleet(
			FleetSettings.likeAws().withProperty("discovery.load-balancer.outlier.max-ejection", "3s"));

	private static final NetworkFaults network = new NetworkFaults();

	private static Node proxy;

	@AfterAll
	static void heal() {
		network.close();
	}

	@Test
	void aWorkerDisconnectedFromTheRegistryIsStillCalled() {
		Node worker = fleet.workers().get(0);
		try (Load load = fleet.load()) {
			network.partition(worker, fleet.registry());
			// several refreshes, renewals and health checks
			fleet.keepLoad(load, Duration.ofSeconds(8));
			fleet.awaitAnswersFrom(load, fleet.workers());
			network.heal(worker, fleet.registry());
			assertThat(load.stop().failed().all()).isEmpty();
		}
	}

	@Test
	void aWorkerDisconnectedFromItsCallersIsEjected() {
		Node worker = fleet.workers().get(0);
		try (Load load = fleet.load()) {
			fleet.awaitAnswersFrom(load, fleet.workers());
			network.partition(worker, fleet.backend());
			fleet.awaitAnswersOnlyFrom(load, fleet.workersExcept(worker));
			assertThat(fleet.api().healthy(Fleet.NAMESPACE, Fleet.SERVICE)).contains(worker.name());
			network.heal(worker, fleet.backend());
			fleet.awaitAnswersFrom(load, List.of(worker));
			SlowCalls.assertFewSlowAndNoneFailed(load.stop());
		}
	}

	@Test
	void aWorkerDisconnectedFromBothIsEjected() {
		Node worker = fleet.workers().get(0);
		try (Load load = fleet.load()) {
			fleet.awaitAnswersFrom(load, fleet.workers());
			network.partition(worker, fleet.backend());
			network.partition(worker, fleet.registry());
			fleet.awaitAnswersOnlyFrom(load, fleet.workersExcept(worker));
			network.heal(worker, fleet.backend());
			network.heal(worker, fleet.registry());
			fleet.awaitAnswersFrom(load, List.of(worker));
			SlowCalls.assertFewSlowAndNoneFailed(load.stop());
		}
	}

	@Test
	void theBackendLosesATenthOfItsPackets() {
		try (Load load = fleet.load()) {
			fleet.awaitAnswersFrom(load, fleet.workers());
			network.dropPackets(fleet.backend(), 0.1);
			Duration begin = load.now();
			fleet.keepLoad(load, Duration.ofSeconds(8));
			Requests meanwhile = load.requests().scheduledBetween(begin, load.now());
			assertThat(network.droppedPackets(fleet.backend())).isPositive();
			network.stopDroppingPackets(fleet.backend());
			assertThat(meanwhile.instances()).hasSize(3);
			assertThat(load.stop().failed().all()).isEmpty();
		}
	}

	@Test
	void aRegistryWithHighLatencyDelaysNoCall() {
		Node backend = fleet.startSample(Sample.BACKEND, "far-backend",
				Map.of("discovery.cloud-map.endpoint", "http://" + proxy().address() + ":" + Fleet.API_PORT,
						"discovery.lookup.dns.servers", proxy().address() + ":" + Fleet.DNS_PORT,
						"discovery.lookup.dns.transport", "tcp"));
		fleet.warmUp(backend);
		try (Load load = fleet.load(backend)) {
			fleet.keepLoad(load, Duration.ofSeconds(5));
			Requests requests = load.stop();
			assertThat(requests.failed().all()).isEmpty();
			assertThat(requests.instances()).hasSize(3);
			assertThat(requests.latency(0.5)).isLessThan(DELAY);
		}
	}

	@Test
	void aWorkerWithHighLatencyIsCalled() {
		String service = fleet.api().serviceId(Fleet.SERVICE);
		String far = proxy().authority();
		try (Load load = fleet.load()) {
			fleet.api().register(service, "far-worker", proxy().address(), Node.PORT);
			Duration begin = load.now();
			await("answers of the worker with high latency").atMost(Fleet.PROPAGATION_TIMEOUT)
				.until(() -> load.requests().answeredBy(far).count() >= 20);
			// four workers, in turn
			assertThat(load.requests().scheduledBetween(begin, load.now()).instances()).hasSize(4);
			fleet.api().deregister(service, "far-worker");
			fleet.awaitAnswersOnlyFrom(load, fleet.workers());
			Requests requests = load.stop();
			assertThat(requests.failed().all()).isEmpty();
			assertThat(requests.answeredBy(far).latency(0)).isGreaterThan(DELAY);
		}
	}

	/**
	 * Returns a proxy to the registry and a worker with a delay of 200 ms.
	 */
	private static synchronized Node proxy() {
		if (proxy == null) {
			String registry = fleet.network().registryAddress();
			proxy = fleet.start("proxy",
					Programs.java(DelayProxy.class, Long.toString(DELAY.toMillis()),
							Fleet.API_PORT + "=" + registry + ":" + Fleet.API_PORT,
							Fleet.DNS_PORT + "=" + registry + ":" + Fleet.DNS_PORT,
							Node.PORT + "=" + fleet.workers().get(0).authority()));
		}
		return proxy;
	}

}
