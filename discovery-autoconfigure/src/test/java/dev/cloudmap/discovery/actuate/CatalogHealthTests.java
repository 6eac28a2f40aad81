package dev.cloudmap.discovery.actuate;

import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogSnapshot;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancer;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingAlgorithm;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingSettings;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.Subset;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The catalog's problems that the health indicator shows.
 */
class CatalogHealthTests {

	private static final OutlierPolicy POLICY = new OutlierPolicy(true, 2, 5, 0.5, 20, Duration.ofSeconds(10),
			Duration.ofSeconds(1), Duration.ofSeconds(30), 5, Duration.ofMillis(100), 0.5);

	private final ManualTimer timer = new ManualTimer();

	private CompletableFuture<InstanceSet> answer = CompletableFuture.completedFuture(set("a"));

	@TempDir
	private Path directory;

	@Test
	void showsHeldInstances() {
		InstanceCatalog catalog = catalog(null);
		assertThat(worker(health(catalog))).containsEntry("instances", List.of("a at http://127.0.0.1:8080"))
			.doesNotContainKeys("held", "stale", "problem");
		this.answer = CompletableFuture.completedFuture(set());
		this.timer.advance(Duration.ofSeconds(6));
		Health health = health(catalog);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(worker(health)).containsEntry("held", List.of("a"))
			.containsEntry("instances", List.of("a at http://127.0.0.1:8080"));
		this.timer.advance(Duration.ofSeconds(12));
		assertThat(worker(health(catalog))).containsEntry("instances", List.of()).doesNotContainKey("held");
	}

	@Test
	void showsEjectedInstancesUntilEjectionEndsOrInstanceLeaves() {
		AtomicLong nanos = new AtomicLong();
		CallStatistics statistics = new CallStatistics(
				(service) -> new BalancingSettings(BalancingAlgorithm.ROUND_ROBIN, POLICY, () -> null, Subset.ALL),
				CallListener.NONE, Prober.NONE, nanos::get, () -> Instant.EPOCH);
		this.answer = CompletableFuture.completedFuture(set("a", "b"));
		InstanceCatalog catalog = catalog(null);
		CatalogLoadBalancer balancer = new CatalogLoadBalancer("worker", catalog, statistics, null,
				TestOtherClients.NONE);
		for (int i = 0; i < 4; i++) {
			ServiceInstance chosen = balancer.choose(new DefaultRequest<>()).block().getServer();
			if (chosen.getInstanceId().equals("a")) {
				Attempt.of(chosen).close(CallOutcome.ofFailure(new ConnectException()), Attempt.NONE);
			}
		}
		assertThat(worker(health(catalog, statistics))).extractingByKey("ejected")
			.asInstanceOf(InstanceOfAssertFactories.list(String.class))
			.singleElement()
			.asString()
			.startsWith("a at http://127.0.0.1:8080 for 1000ms since");
		nanos.addAndGet(Duration.ofSeconds(1).toNanos());
		assertThat(worker(health(catalog, statistics))).doesNotContainKey("ejected");
		// an instance with a current trial is still ejected
		while (!"a".equals(balancer.choose(new DefaultRequest<>()).block().getServer().getInstanceId())) {
			nanos.addAndGet(1);
		}
		assertThat(worker(health(catalog, statistics))).containsKey("ejected");
		this.answer = CompletableFuture.completedFuture(set("b"));
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(worker(health(catalog, statistics))).doesNotContainKey("ejected");
	}

	@Test
	void isUnknownForStaleOrSnapshotData() {
		InstanceCatalog before = catalog(snapshot());
		before.close();
		this.answer = CompletableFuture.failedFuture(new RegistryUnavailableException("away", null));
		Health health = health(catalog(snapshot()));
		assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(worker(health)).containsEntry("source", "snapshot")
			.containsEntry("stale", true)
			.containsEntry("problem", "away")
			.containsEntry("instances", List.of("a at http://127.0.0.1:8080"));
		assertThat(worker(health(catalog(null)))).containsEntry("stale", false).doesNotContainKey("instances");
	}

	private CatalogSnapshot snapshot() {
		return new CatalogSnapshot(this.directory.resolve("snapshot"), this.timer, Runnable::run,
				new CallableInstances(Scope.ANYWHERE));
	}

	private InstanceCatalog catalog(@Nullable CatalogSnapshot snapshot) {
		InstanceCatalog catalog = TestCatalog.of((service) -> this.answer, this.timer, snapshot);
		catalog.service("worker");
		return catalog;
	}

	private static Health health(InstanceCatalog catalog, CallStatistics statistics) {
		return new DiscoveryHealthIndicator(new FakeRegistry(), "test", catalog, null, List::of, statistics::ejections)
			.health();
	}

	private static Health health(InstanceCatalog catalog) {
		return new DiscoveryHealthIndicator(new FakeRegistry(), "test", catalog, null, List::of, (service) -> List.of())
			.health();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> worker(Health health) {
		Map<String, Object> services = (Map<String, Object>) health.getDetails().get("services");
		return (Map<String, Object>) services.get("worker.corp");
	}

	private static InstanceSet set(String... ids) {
		ServiceName worker = new ServiceName(TestCatalog.CORP, "worker");
		List<Instance> instances = new ArrayList<>();
		for (String id : ids) {
			instances.add(new Instance(worker, id, "127.0.0.1", 8080, HealthStatus.UNKNOWN, Map.of()));
		}
		return new InstanceSet(worker, instances, "test");
	}

}
