package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.thread.ManualTimer;

import static dev.cloudmap.discovery.catalog.ScriptedSource.set;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The lists of the catalog while the registry is unavailable or empty.
 */
class StaticStabilityTests {

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	private final ScriptedSignal signal = new ScriptedSignal();

	private final List<InstanceSet> changes = new ArrayList<>();

	private InstanceCatalog catalog = catalog(null);

	@Test
	void keepsAListWithoutLimitByDefault() {
		lookUp("a", "b");
		this.source.fail();
		for (int day = 0; day < 30; day++) {
			this.timer.advance(Duration.ofMinutes(9));
			assertThat(shown()).containsExactly("a", "b");
		}
		assertThat(this.changes).hasSize(1);
		assertThat(entry().held()).isEmpty();
	}

	@Test
	void keepsTheListOfAnIdleService() {
		lookUp("a", "b");
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
		this.source.fail();
		assertThat(shown()).containsExactly("a", "b");
		assertThat(this.catalog.service("worker").failure()).hasMessage("away");
		assertThat(Duration.between(entry().confirmed(), this.timer.now())).isGreaterThan(Duration.ofSeconds(50));
		this.timer.advance(Duration.ofMinutes(30));
		assertThat(this.catalog.watched()).isEmpty();
		assertThat(shown()).containsExactly("a", "b");
		this.source.find("c");
		this.timer.advance(Duration.ofSeconds(2));
		assertThat(shown()).containsExactly("c");
	}

	@Test
	void prefersAnAvailableRegistryToAnOldList() {
		lookUp("a");
		this.timer.advance(Duration.ofMinutes(11));
		this.source.find();
		assertThat(shown()).isEmpty();
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
		this.source.fail();
		assertThat(this.catalog.service("worker").instances()).isCompletedExceptionally();
	}

	@Test
	void maxStalenessIncludesIdleTime() {
		this.catalog = catalog(Duration.ofMinutes(5));
		lookUp("a");
		this.timer.advance(Duration.ofMinutes(20));
		assertThat(this.catalog.watched()).isEmpty();
		this.source.fail();
		assertThat(this.catalog.service("worker").instances()).isCompletedExceptionally();
	}

	@Test
	void maxStalenessDropsAListAndReportsTheFailure() {
		this.catalog = catalog(Duration.ofMinutes(1));
		lookUp("a");
		this.source.fail();
		this.timer.advance(Duration.ofSeconds(59));
		assertThat(shown()).containsExactly("a");
		this.timer.advance(Duration.ofSeconds(7));
		WatchedService worker = this.catalog.service("worker");
		assertThat(worker.known()).isNull();
		assertThat(worker.entry()).isNull();
		assertThat(worker.instances()).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining("away");
		CompletableFuture<InstanceSet> pending = new CompletableFuture<>();
		this.source.fallback = pending;
		this.timer.advance(Duration.ofSeconds(33));
		CompletableFuture<List<ServiceInstance>> waiting = worker.instances();
		assertThat(waiting).isNotDone();
		pending.complete(set("b"));
		assertThat(waiting).isCompletedWithValueMatching((instances) -> instances.size() == 1);
		assertThat(shown()).containsExactly("b");
	}

	@Test
	void notifiesADroppedListOnce() {
		this.catalog = catalog(Duration.ofMinutes(1));
		lookUp("a");
		List<List<ServiceInstance>> followed = new ArrayList<>();
		Runnable end = this.catalog.follow("worker", followed::add);
		this.source.fail();
		this.timer.advance(Duration.ofSeconds(59));
		assertThat(this.changes).hasSize(1);
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(this.changes).hasSize(2);
		assertThat(this.changes.get(1).service()).isEqualTo(ScriptedSource.WORKER);
		assertThat(this.changes.get(1).instances()).isEmpty();
		assertThat(followed).containsExactly(List.of());
		this.source.find("a");
		this.timer.advance(Duration.ofSeconds(34));
		assertThat(this.changes).hasSize(3);
		assertThat(followed).hasSize(2);
		end.run();
	}

	@Test
	void doesNotNotifyADroppedEmptyList() {
		this.catalog = catalog(Duration.ofMinutes(1));
		lookUp();
		this.source.fail();
		this.timer.advance(Duration.ofMinutes(2));
		assertThat(this.catalog.service("worker").known()).isNull();
		assertThat(this.changes).hasSize(1);
	}

	@Test
	void maxStalenessStartsAtTheLastConfirmation() {
		this.catalog = catalog(Duration.ofMinutes(1));
		lookUp("a");
		for (int i = 0; i < 10; i++) {
			this.timer.advance(Duration.ofSeconds(30));
			assertThat(shown()).containsExactly("a");
		}
		this.source.fail();
		this.timer.advance(Duration.ofSeconds(50));
		assertThat(shown()).containsExactly("a");
	}

	@Test
	void confirmsAnEmptyResultAfterTenSeconds() {
		this.signal.coverage = Coverage.FULL;
		lookUp("a");
		this.source.find();
		this.signal.change();
		this.timer.advance(Duration.ofMillis(9_900));
		assertThat(shown()).containsExactly("a");
		assertThat(entry().held()).extracting(Instance::id).containsExactly("a");
		this.timer.advance(Duration.ofMillis(200));
		assertThat(shown()).isEmpty();
		assertThat(entry().held()).isEmpty();
		assertThat(this.source.lookups).isEqualTo(3);
	}

	@Test
	void ignoresASingleEmptyResult() {
		lookUp("a");
		this.source.answer(set());
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(shown()).containsExactly("a");
		assertThat(entry().held()).isEmpty();
		assertThat(this.changes).hasSize(1);
	}

	@Test
	void confirmsAMassLoss() {
		lookUp("a", "b", "c", "d", "e", "f");
		this.source.find("a", "g");
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(shown()).containsExactly("a", "b", "c", "d", "e", "f", "g");
		assertThat(entry().held()).extracting(Instance::id).containsExactlyInAnyOrder("b", "c", "d", "e", "f");
		this.timer.advance(Duration.ofSeconds(11));
		assertThat(shown()).containsExactly("a", "g");
	}

	@Test
	void aRegistryRestartDoesNotEmptyAList() {
		lookUp("a", "b");
		List<ServiceInstance> before = this.catalog.service("worker").known();
		this.source.fail();
		this.timer.advance(Duration.ofSeconds(30));
		this.source.find();
		for (int second = 0; second < 33 && entry().held().isEmpty(); second++) {
			this.timer.advance(Duration.ofSeconds(1));
		}
		assertThat(entry().held()).hasSize(2);
		this.source.find("a");
		this.timer.advance(Duration.ofSeconds(3));
		this.source.find("a", "b");
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(this.catalog.service("worker").known()).isSameAs(before);
		assertThat(this.changes).hasSize(1);
	}

	private InstanceCatalog catalog(Duration maxStaleness) {
		return TestCatalog.of(this.source, this.signal, this.timer, TestCatalog.settings(maxStaleness), null,
				this.changes::add);
	}

	private void lookUp(String... ids) {
		this.source.find(ids);
		this.catalog.service("worker");
		assertThat(shown()).containsExactly(ids);
	}

	private CatalogEntry entry() {
		return this.catalog.service("worker").entry();
	}

	private List<String> shown() {
		return this.catalog.service("worker").instances().join().stream().map(ServiceInstance::getInstanceId).toList();
	}

}
