package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.thread.ManualTimer;

import static dev.cloudmap.discovery.catalog.ScriptedSource.WORKER;
import static dev.cloudmap.discovery.catalog.ScriptedSource.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class InstanceCatalogTests {

	private static final Duration REFRESH = Duration.ofSeconds(5);

	/** Longer than one refresh with its jitter, shorter than two. */
	private static final Duration ONE_REFRESH = Duration.ofSeconds(6);

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	private final List<InstanceSet> changes = new ArrayList<>();

	private final InstanceCatalog catalog = TestCatalog.of(this.source, this.timer, this.changes::add);

	@Test
	void findsAWrappedInstance() {
		InstanceCatalog all = TestCatalog.of((service) -> CompletableFuture.completedFuture(new InstanceSet(service,
				List.of(new Instance(service, "a", "127.0.0.1", 8080, HealthStatus.UNKNOWN, Map.of())), "test")),
				this.timer);
		for (int i = 0; i < 20; i++) {
			all.service("worker.partner" + i);
		}
		ServiceInstance wrapped = new DefaultServiceInstance(null, "worker", "127.0.0.1", 8080, false);
		assertThat(all.catalogInstance(wrapped).service().namespace().name()).startsWith("partner");
		all.service("worker");
		assertThat(all.catalogInstance(wrapped).service()).isEqualTo(WORKER);
		assertThat(all.catalogInstance(new DefaultServiceInstance(null, "worker", "127.0.0.1", 8081, false))).isNull();
		assertThat(all.catalogInstance(new DefaultServiceInstance(null, "other", "127.0.0.1", 8080, false))).isNull();
	}

	@Test
	void firstCallersShareOneLookup() {
		CompletableFuture<InstanceSet> pending = new CompletableFuture<>();
		this.source.answers.add(pending);
		List<CompletableFuture<List<ServiceInstance>>> callers = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			callers.add(ask(i % 2 == 0 ? "worker" : "worker.corp"));
		}
		assertThat(this.source.lookups).isEqualTo(1);
		assertThat(callers).noneMatch(CompletableFuture::isDone);
		pending.complete(set("a"));
		assertThat(callers).allSatisfy((caller) -> assertThat(ids(caller)).containsExactly("a"));
		assertThat(this.source.lookups).isEqualTo(1);
	}

	@Test
	void returnsTheSameListWithoutLookup() {
		this.source.answer(set("a", "b"));
		List<ServiceInstance> first = ask("worker").join();
		assertThat(ask("worker").join()).isSameAs(first);
		assertThat(this.source.lookups).isEqualTo(1);
		this.source.answer(set("b", "a"));
		this.timer.advance(ONE_REFRESH);
		assertThat(this.source.lookups).isEqualTo(2);
		assertThat(ask("worker").join()).isSameAs(first);
	}

	@Test
	void cachesAnEmptyList() {
		this.source.answer(set());
		for (int i = 0; i < 100; i++) {
			assertThat(ask("worker").join()).isEmpty();
		}
		assertThat(this.source.lookups).isEqualTo(1);
	}

	@Test
	void looksUpAForgottenServiceAgain() {
		this.source.answer(set("a", "b"));
		ask("worker");
		this.catalog.forget();
		this.source.answer(set("c"));
		assertThat(ids(ask("worker"))).containsExactly("c");
		assertThat(this.source.lookups).isEqualTo(2);
	}

	@Test
	void doesNotRestoreAForgottenService() {
		this.source.answer(set("a"));
		ask("worker");
		this.catalog.forget();
		this.source.fail();
		assertThat(ask("worker")).isCompletedExceptionally();
	}

	@Test
	void doesNotForgetAFollowedService() {
		List<Integer> sizes = new ArrayList<>();
		this.source.answer(set("a"));
		Runnable end = this.catalog.follow("worker", (instances) -> sizes.add(instances.size()));
		ask("worker");
		this.catalog.forget();
		this.source.answer(set("a", "b"));
		this.timer.advance(ONE_REFRESH);
		assertThat(sizes).containsExactly(2);
		end.run();
	}

	@Test
	void notifiesEachChangeOnce() {
		this.source.answer(set("a"));
		ask("worker");
		this.source.answer(set("a", "b"));
		this.timer.advance(ONE_REFRESH);
		this.source.answer(set("b", "a"));
		this.timer.advance(ONE_REFRESH);
		assertThat(ids(ask("worker"))).containsExactly("a", "b");
		assertThat(this.changes).hasSize(2);
	}

	@Test
	void keepsAnInstanceWithUnresolvedAddress() {
		this.source.answer(set("a", "b", "c"));
		ask("worker");
		this.source.answer(unlocated(set("a"), "b"));
		this.timer.advance(ONE_REFRESH);
		assertThat(ids(ask("worker"))).containsExactly("a", "b");
		this.source.answer(unlocated(set("a"), "b", "never-known"));
		this.timer.advance(ONE_REFRESH);
		assertThat(ids(ask("worker"))).containsExactly("a", "b");
		this.source.answer(set("a"));
		this.timer.advance(ONE_REFRESH);
		assertThat(ids(ask("worker"))).containsExactly("a");
		assertThat(this.changes).hasSize(3);
	}

	@Test
	void aFailedRefreshKeepsTheListAndBacksOff() {
		this.source.answer(set("a"));
		ask("worker");
		this.source.fallback = CompletableFuture.failedFuture(new RegistryUnavailableException("away", null));
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(ids(ask("worker"))).containsExactly("a");
		WatchedService worker = this.catalog.service("worker");
		assertThat(worker.failure()).hasMessage("away");
		// 1, 2, 4, 8, 16, then every 30 s
		assertThat(this.source.lookups).isBetween(12, 16);
		this.source.fallback = CompletableFuture.completedFuture(set("a", "b"));
		this.timer.advance(Duration.ofSeconds(34));
		assertThat(ids(ask("worker"))).containsExactly("a", "b");
		assertThat(worker.failure()).isNull();
	}

	@Test
	void aFailedFirstLookupIsRetried() {
		this.source.answers.add(CompletableFuture.failedFuture(new IllegalStateException("boom")));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> ask("worker").join())
			.withCauseInstanceOf(DiscoveryException.class)
			.withMessageContaining("worker.corp");
		assertThat(ask("worker")).isCompletedExceptionally();
		assertThat(this.source.lookups).isEqualTo(1);
		this.source.answer(set("a"));
		this.timer.advance(Duration.ofSeconds(2));
		assertThat(ids(ask("worker"))).containsExactly("a");
	}

	@Test
	void refreshesBeforeAShortTtlExpires() {
		for (int i = 0; i < 100; i++) {
			this.source.answer(set(Duration.ofSeconds(2).multipliedBy(i + 1), "a"));
		}
		ask("worker");
		for (int i = 2; i < 30; i++) {
			this.timer.advance(Duration.ofSeconds(2));
			assertThat(this.source.lookups).isGreaterThanOrEqualTo(i);
		}
		assertThat(this.source.lookups).isLessThan(50);
	}

	@Test
	void aLongTtlDoesNotDelayTheRefresh() {
		this.source.fallback = CompletableFuture.completedFuture(set(Duration.ofDays(7), "a"));
		ask("worker");
		this.timer.advance(ONE_REFRESH.multipliedBy(10));
		assertThat(this.source.lookups).isBetween(11, 14);
	}

	@ParameterizedTest
	@ValueSource(longs = { -10_000, 0, 1 })
	void limitsTheRateOfLookupsWithShortTtls(long millis) {
		this.source.fallback = CompletableFuture.completedFuture(set(Duration.ofMillis(millis), "a"));
		ask("worker");
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(this.source.lookups).isEqualTo(101);
	}

	@Test
	void refreshesSoonAfterAnEmptyAnswerWithShortTtl() {
		this.source.answer(set("a"));
		ask("worker");
		this.source.answer(set(REFRESH.plusSeconds(2)));
		this.source.fallback = CompletableFuture.completedFuture(set("b"));
		this.timer.advance(Duration.ofSeconds(8));
		assertThat(ids(ask("worker"))).containsExactly("b");
	}

	@Test
	void anIdleServiceIsNotRefreshed() {
		this.source.fallback = CompletableFuture.completedFuture(set("a"));
		ask("worker");
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
		assertThat(this.timer.waiting()).isZero();
		int lookups = this.source.lookups;
		assertThat(ids(ask("worker"))).containsExactly("a");
		assertThat(this.source.lookups).isEqualTo(lookups + 1);
	}

	@Test
	void aResultThatCannotBeAppliedFailsOneLookup() {
		Instance senseless = new Instance(WORKER, "a", "no host", 1, HealthStatus.UNKNOWN, Map.of());
		this.source.answer(new InstanceSet(WORKER, List.of(senseless), "test"));
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> ask("worker").orTimeout(5, TimeUnit.SECONDS).join())
			.withCauseInstanceOf(DiscoveryException.class)
			.withMessageContaining("no host");
		this.source.answer(set("b"));
		this.timer.advance(ONE_REFRESH);
		assertThat(ids(ask("worker"))).containsExactly("b");
	}

	@Test
	void aFailedListenerDoesNotStopRefreshes() {
		InstanceCatalog catalog = TestCatalog.of(this.source, this.timer, (set) -> {
			throw new IllegalStateException("listener");
		}, this.changes::add);
		this.source.answer(set("a"));
		assertThat(ids(catalog.service("worker").instances())).containsExactly("a");
		this.source.answer(set("b"));
		this.timer.advance(ONE_REFRESH);
		assertThat(ids(catalog.service("worker").instances())).containsExactly("b");
		assertThat(this.changes).hasSize(2);
	}

	@Test
	void aFailedFollowerDoesNotAffectOthers() {
		List<Integer> told = new ArrayList<>();
		this.source.find("a");
		ask("worker");
		this.catalog.follow("worker", (instances) -> {
			throw new IllegalStateException("follower");
		});
		this.catalog.follow("worker", (instances) -> told.add(instances.size()));
		this.source.find("a", "b");
		this.timer.advance(ONE_REFRESH);
		assertThat(told).containsExactly(2);
	}

	@Test
	void anErrorInAListenerDoesNotBlockTheFirstCaller() {
		InstanceCatalog catalog = TestCatalog.of(this.source, this.timer, (set) -> {
			throw new NoClassDefFoundError("listener");
		});
		CompletableFuture<InstanceSet> pending = new CompletableFuture<>();
		this.source.fallback = pending;
		CompletableFuture<List<ServiceInstance>> first = catalog.service("worker").instances();
		pending.complete(set("a"));
		assertThat(first).isCompletedWithValueMatching((instances) -> instances.size() == 1);
		this.source.find("b");
		this.timer.advance(ONE_REFRESH);
		assertThat(ids(catalog.service("worker").instances())).containsExactly("b");
	}

	private CompletableFuture<List<ServiceInstance>> ask(String serviceId) {
		return this.catalog.service(serviceId).instances();
	}

	private static List<String> ids(CompletableFuture<List<ServiceInstance>> answer) {
		return answer.join().stream().map(ServiceInstance::getInstanceId).toList();
	}

	private static InstanceSet unlocated(InstanceSet set, String... ids) {
		return new InstanceSet(WORKER, set.instances(), "test", null, Set.of(ids));
	}

}
