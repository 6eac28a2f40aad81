package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.change.ChangeSignal.Subscription;
import dev.cloudmap.discovery.thread.ManualTimer;

import static dev.cloudmap.discovery.catalog.ScriptedSource.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When the catalog refreshes services.
 */
class FreshnessTests {

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	private final ScriptedSignal signal = new ScriptedSignal();

	private final InstanceCatalog catalog = TestCatalog.of(this.source, this.signal, this.timer, TestCatalog.SETTINGS,
			null);

	@Test
	void aChangeNotificationTriggersALookup() {
		lookUp("a");
		this.timer.advance(Duration.ofSeconds(1));
		this.source.find("a", "b");
		this.signal.change();
		this.timer.advance(Duration.ofMillis(1));
		assertThat(shown()).containsExactly("a", "b");
	}

	@Test
	void mergesABurstOfChanges() {
		lookUp("a");
		for (int i = 0; i < 1000; i++) {
			this.source.find("a", "b" + i);
			this.signal.change();
			this.timer.advance(Duration.ofNanos(100_000));
		}
		this.timer.advance(Duration.ofMillis(20));
		assertThat(shown()).containsExactly("a", "b999");
		// a tenth of a second: at most one lookup in 20 ms
		assertThat(this.source.lookups).isBetween(5, 8);
	}

	@Test
	void aChangeDuringALookupTriggersAnotherOne() {
		lookUp("a");
		CompletableFuture<InstanceSet> before = new CompletableFuture<>();
		this.source.answers.add(before);
		this.source.find("b");
		this.signal.change();
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(this.source.lookups).isEqualTo(2);
		for (int i = 0; i < 100; i++) {
			this.signal.change();
			this.timer.advance(Duration.ofMillis(10));
		}
		assertThat(this.source.lookups).isEqualTo(2);
		before.complete(set("a"));
		this.timer.advance(Duration.ofMillis(1));
		assertThat(shown()).containsExactly("b");
		assertThat(this.source.lookups).isEqualTo(3);
		this.timer.advance(Duration.ofSeconds(4));
		assertThat(this.source.lookups).isEqualTo(3);
	}

	@Test
	void fullCoverageUsesTheFullRefreshInterval() {
		this.signal.coverage = Coverage.FULL;
		lookUp("a");
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(this.source.lookups).isBetween(10, 12);
	}

	@Test
	void lostCoverageRestoresTheRefreshInterval() {
		this.signal.coverage = Coverage.FULL;
		lookUp("a");
		this.timer.advance(Duration.ofSeconds(8));
		this.source.find("b");
		this.signal.coverage = Coverage.NONE;
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(shown()).containsExactly("b");
	}

	@Test
	void aChangeTriggersALookupDuringTheBackOff() {
		lookUp("a");
		this.source.fail();
		this.timer.advance(Duration.ofMinutes(2));
		this.source.find("b");
		this.signal.change();
		this.timer.advance(Duration.ofMillis(1));
		assertThat(shown()).containsExactly("b");
	}

	@Test
	void suspicionTriggersAtMostOneLookupPerSecond() {
		this.signal.coverage = Coverage.FULL;
		lookUp("a", "b");
		this.timer.advance(Duration.ofSeconds(2));
		this.source.find("b");
		ServiceInstance dead = this.catalog.service("worker").instances().join().get(0);
		this.catalog.suspect(dead);
		this.timer.advance(Duration.ofMillis(1));
		assertThat(shown()).containsExactly("b");
		int lookups = this.source.lookups;
		for (int i = 0; i < 1000; i++) {
			this.catalog.suspect(dead);
			this.timer.advance(Duration.ofMillis(10));
		}
		// ten seconds
		assertThat(this.source.lookups - lookups).isBetween(9, 11);
	}

	@Test
	void suspicionDoesNotShortenTheBackOff() {
		lookUp("a");
		this.source.fail();
		this.timer.advance(Duration.ofMinutes(2));
		int lookups = this.source.lookups;
		ServiceInstance dead = this.catalog.service("worker").instances().join().get(0);
		for (int i = 0; i < 60; i++) {
			this.catalog.suspect(dead);
			this.timer.advance(Duration.ofSeconds(1));
		}
		assertThat(this.source.lookups - lookups).isBetween(1, 3);
	}

	@Test
	void ignoresSuspicionOfAnUnknownInstance() {
		ServiceInstance stranger = new CatalogServiceInstance(ScriptedSource.instances("a").get(0));
		this.catalog.suspect(stranger);
		assertThat(this.source.lookups).isZero();
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void anEmptyServiceIsLookedUpOncePerRefresh() {
		this.source.find();
		for (int i = 0; i < 60_000; i++) {
			assertThat(this.catalog.service("worker").known()).isEmpty();
			if (i % 1000 == 0) {
				this.timer.advance(Duration.ofSeconds(1));
			}
		}
		// a minute
		assertThat(this.source.lookups).isBetween(11, 15);
	}

	@Test
	void aPausedServiceUsesTheFullRefreshInterval() {
		lookUp("a");
		this.timer.advance(Duration.ofSeconds(55));
		assertThat(listener().isWaiting()).isTrue();
		this.timer.advance(Duration.ofSeconds(15));
		assertThat(listener().isWaiting()).isFalse();
		int lookups = this.source.lookups;
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(this.source.lookups - lookups).isBetween(8, 12);
		this.source.find("b");
		shown();
		this.timer.advance(Duration.ofMillis(5501));
		assertThat(listener().isWaiting()).isTrue();
		assertThat(shown()).containsExactly("b");
		lookups = this.source.lookups;
		this.timer.advance(Duration.ofSeconds(55));
		assertThat(this.source.lookups - lookups).isBetween(9, 13);
	}

	@Test
	void aChangeNotificationUpdatesAPausedService() {
		lookUp("a");
		this.timer.advance(Duration.ofMinutes(2));
		this.source.find("b");
		this.signal.change();
		this.timer.advance(Duration.ofMillis(1));
		assertThat(shown()).containsExactly("b");
	}

	@Test
	void aPausedServiceRespectsTheTtl() {
		this.source.find(Duration.ofSeconds(2), this.timer, "a");
		this.catalog.service("worker");
		this.timer.advance(Duration.ofMinutes(2));
		assertThat(listener().isDated()).isTrue();
		assertThat(listener().isWaiting()).isTrue();
		int lookups = this.source.lookups;
		this.timer.advance(Duration.ofSeconds(60));
		assertThat(this.source.lookups - lookups).isBetween(33, 43);
	}

	@Test
	void aFollowedServiceIsNotPaused() {
		lookUp("a");
		Runnable end = this.catalog.follow("worker", (instances) -> {
		});
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(listener().isWaiting()).isTrue();
		end.run();
		this.timer.advance(Duration.ofMillis(5501));
		assertThat(listener().isWaiting()).isFalse();
	}

	@Test
	void anIdleServiceHasNoSubscriptionAndNoLookups() {
		this.signal.coverage = Coverage.FULL;
		lookUp("a");
		this.timer.advance(Duration.ofMinutes(9));
		assertThat(shown()).containsExactly("a");
		this.timer.advance(Duration.ofMinutes(9));
		assertThat(this.signal.subscribers).hasSize(1);
		this.timer.advance(Duration.ofMinutes(2));
		assertThat(this.signal.subscribers).isEmpty();
		assertThat(this.catalog.watched()).isEmpty();
		assertThat(this.catalog.ids(ScriptedSource.WORKER)).isEmpty();
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void readingTheFailureDoesNotCountAsARequest() {
		lookUp("a");
		for (int i = 0; i < 12; i++) {
			this.timer.advance(Duration.ofMinutes(1));
			this.catalog.watched().forEach(WatchedService::entry);
		}
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void aFollowerReceivesChangesAndKeepsTheServiceActive() {
		List<List<String>> told = new ArrayList<>();
		lookUp("a");
		Runnable end = this.catalog.follow("worker",
				(instances) -> told.add(instances.stream().map(ServiceInstance::getInstanceId).toList()));
		this.timer.advance(Duration.ofMinutes(30));
		this.source.find("a", "b");
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(told).containsExactly(List.of("a", "b"));
		end.run();
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void aClosedCatalogStartsNoLookup() {
		this.catalog.close();
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.catalog.service("worker"))
			.withMessageContaining("worker.corp")
			.withMessageContaining("stopping");
		assertThat(this.source.lookups).isZero();
		assertThat(this.signal.subscribers).isEmpty();
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void aServiceCreatedDuringCloseIsStopped() {
		AtomicBoolean ended = new AtomicBoolean();
		AtomicReference<InstanceCatalog> closed = new AtomicReference<>();
		InstanceCatalog catalog = TestCatalog.of(this.source, (service, changed) -> {
			closed.get().close();
			return new Subscription() {

				@Override
				public Coverage coverage() {
					return Coverage.NONE;
				}

				@Override
				public void close() {
					ended.set(true);
				}

			};
		}, this.timer, TestCatalog.SETTINGS, null);
		closed.set(catalog);
		assertThat(catalog.service("worker").instances()).isCompletedExceptionally();
		assertThat(ended).isTrue();
		assertThat(this.source.lookups).isZero();
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void clockChangesDoNotDelayUpdates() {
		for (Duration by : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
			this.source.find("a");
			assertThat(shown()).containsExactly("a");
			this.timer.advance(Duration.ofSeconds(6));
			this.timer.setClock(by);
			this.source.find("b");
			this.signal.change();
			this.timer.advance(Duration.ofMillis(100));
			assertThat(shown()).containsExactly("b");
			int lookups = this.source.lookups;
			this.source.find("a");
			this.timer.advance(Duration.ofSeconds(6));
			assertThat(this.source.lookups - lookups).isBetween(1, 3);
		}
	}

	@Test
	void memberCoverageUsesTheFullRefreshInterval() {
		this.signal.coverage = Coverage.MEMBERS;
		lookUp("a");
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(this.source.lookups).isBetween(10, 12);
	}

	@Test
	void aClosedCatalogRemainsReadable() {
		lookUp("a");
		this.catalog.close();
		assertThat(this.timer.waiting()).isZero();
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.source.lookups).isEqualTo(1);
		assertThat(this.signal.subscribers).isEmpty();
		assertThat(shown()).containsExactly("a");
	}

	private ChangeSignal.Listener listener() {
		return this.signal.subscribers.get(ScriptedSource.WORKER);
	}

	private void lookUp(String... ids) {
		this.source.find(ids);
		this.catalog.service("worker");
		assertThat(this.source.lookups).isEqualTo(1);
	}

	private List<String> shown() {
		return this.catalog.service("worker").instances().join().stream().map(ServiceInstance::getInstanceId).toList();
	}

}
