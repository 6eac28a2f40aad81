package dev.cloudmap.discovery.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.Snapshot;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How health shows what is not as it should be in the catalog.
 */
class CatalogHealthTests {

	private final ManualTimer timer = new ManualTimer();

	private CompletableFuture<InstanceSet> answer = CompletableFuture.completedFuture(set("a"));

	@TempDir
	private Path directory;

	@Test
	void whatIsHeldIsNamed() {
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
	void whatIsStaleOrFromTheSnapshotIsUnknown() {
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

	private Snapshot snapshot() {
		return new Snapshot(this.directory.resolve("snapshot"), this.timer, Runnable::run);
	}

	private InstanceCatalog catalog(@Nullable Snapshot snapshot) {
		InstanceCatalog catalog = TestCatalog.of((service) -> this.answer, this.timer, snapshot);
		catalog.service("worker");
		return catalog;
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
