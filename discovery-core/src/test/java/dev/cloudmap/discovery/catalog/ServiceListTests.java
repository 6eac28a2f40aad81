package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ServiceListTests {

	/** Five minutes with maximum jitter. */
	private static final Duration ONE_POLL = Duration.ofSeconds(331);

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSignal signal = new ScriptedSignal();

	private final ServiceList list = list(Runnable::run);

	private final List<ServiceList.Update> updates = new ArrayList<>();

	private ServiceList list(Executor executor) {
		return new ServiceList(TestCatalog.CORP, this.registry, this.signal, executor, this.timer,
				TestCatalog.SETTINGS);
	}

	@Nested
	class Closing {

		@Test
		void aLaterFirstCallFailsWithoutSubscription() {
			ServiceListTests.this.list.close();
			assertThat(ServiceListTests.this.list.names()).isCompletedExceptionally();
			assertThat(ServiceListTests.this.list.allNames()).isCompletedExceptionally();
			assertThat(ServiceListTests.this.signal.listeners).isEmpty();
		}

		@Test
		void failsWaitingCalls() {
			ServiceList waited = list((task) -> {
			});
			CompletableFuture<List<String>> names = waited.names();
			assertThat(names).isNotDone();
			waited.close();
			assertThat(names).isCompletedExceptionally();
			assertThat(ServiceListTests.this.signal.listeners).isEmpty();
		}

		@Test
		void closesAConcurrentSubscription() {
			AtomicReference<ServiceList> closed = new AtomicReference<>();
			ScriptedSignal closing = new ScriptedSignal() {

				@Override
				public Subscription subscribe(Namespace namespace, NamespaceListener listener) {
					closed.get().close();
					return super.subscribe(namespace, listener);
				}

			};
			closed.set(new ServiceList(TestCatalog.CORP, ServiceListTests.this.registry, closing, Runnable::run,
					ServiceListTests.this.timer, TestCatalog.SETTINGS));
			assertThat(closed.get().names()).isCompletedExceptionally();
			assertThat(closing.listeners).isEmpty();
		}

		@Test
		void keepsAKnownListReadable() {
			ServiceListTests.this.registry.services = Set.of("worker");
			ServiceListTests.this.list.names();
			ServiceListTests.this.list.close();
			assertThat(ServiceListTests.this.list.names()).isCompletedWithValue(List.of("worker"));
		}

	}

	@Test
	void manyRequestsShareOneFetch() {
		this.registry.services = Set.of("worker", "backend");
		for (int i = 0; i < 1000; i++) {
			assertThat(this.list.names().join()).containsExactly("backend", "worker");
		}
		assertThat(this.registry.calls).containsExactly("services corp");
	}

	@Test
	void concurrentRequestsShareOneFetch() {
		this.registry.services = Set.of("worker");
		assertThat(IntStream.range(0, 10_000).parallel().mapToObj((i) -> this.list.names().join()).distinct())
			.containsExactly(List.of("worker"));
		assertThat(lists()).isEqualTo(1);
	}

	@Test
	void frequentRequestsFetchAtMostEveryFiveMinutes() {
		this.registry.services = Set.of("worker");
		for (int probe = 0; probe < 24 * 360; probe++) {
			this.list.names();
			this.timer.advance(Duration.ofSeconds(10));
		}
		assertThat(lists()).isBetween(250, 320);
	}

	@Test
	void doesNotFetchWithoutRequestsOrFollowers() {
		this.list.names();
		this.timer.advance(Duration.ofDays(1));
		assertThat(lists()).isEqualTo(1);
	}

	@Test
	void aFailedFetchKeepsTheList() {
		this.registry.services = Set.of("worker");
		this.list.names();
		this.timer.advance(ONE_POLL);
		this.registry.failure = new RegistryUnavailableException("away", null);
		requestAgain();
		assertThat(this.list.names().join()).containsExactly("worker");
		this.registry.failure = null;
		this.registry.services = Set.of("other", "worker");
		this.timer.advance(Duration.ofSeconds(59));
		requestAgain();
		assertThat(lists()).isEqualTo(2);
		this.timer.advance(Duration.ofSeconds(8));
		requestAgain();
		assertThat(this.list.names().join()).containsExactly("other", "worker");
		assertThat(lists()).isEqualTo(3);
	}

	@Test
	void aRejectedTaskIsAFailure() {
		AtomicBoolean full = new AtomicBoolean(true);
		ServiceList list = list((task) -> {
			if (full.get()) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		});
		assertThat(list.names()).isCompletedExceptionally();
		assertThat(list.names()).isCompletedExceptionally();
		full.set(false);
		this.registry.services = Set.of("worker");
		this.timer.advance(ONE_POLL);
		list.names();
		this.timer.advance(Duration.ofMillis(1));
		assertThat(list.names()).isCompletedWithValue(List.of("worker"));
	}

	@Test
	void aClockSetBackDoesNotStopFetches() {
		this.registry.services = Set.of("worker");
		this.list.names();
		this.timer.setClock(Duration.ofHours(-1));
		this.registry.services = Set.of("worker", "other");
		this.timer.advance(ONE_POLL);
		requestAgain();
		assertThat(this.list.names().join()).containsExactly("other", "worker");
	}

	@Test
	void retriesWithBackOffWithoutAList() {
		this.registry.failure = new RegistryUnavailableException("away", null);
		for (int i = 0; i < 1000; i++) {
			assertThat(this.list.names()).isCompletedExceptionally();
		}
		assertThat(lists()).isEqualTo(1);
		for (int second = 0; second < 600; second++) {
			this.timer.advance(Duration.ofSeconds(1));
			assertThat(this.list.names()).isCompletedExceptionally();
		}
		// after 1, 2, 4, 8, 16 seconds, then every half minute
		assertThat(lists()).isBetween(20, 28);
		this.registry.failure = null;
		this.registry.services = Set.of("worker");
		this.timer.advance(Duration.ofSeconds(34));
		requestAgain();
		assertThat(this.list.names()).isCompletedWithValue(List.of("worker"));
	}

	@Test
	void aMissingPermissionIsLoggedOnceAndRetriedRarely(CapturedOutput output) {
		this.registry.failure = new DiscoveryException("not authorized to perform ListServices");
		this.list.follow(this.updates::add);
		this.timer.advance(Duration.ofHours(1));
		assertThat(output.toString().split("could not be listed", -1)).hasSize(2);
		assertThat(lists()).isBetween(11, 14);
	}

	@Test
	void aFailedCoverageDoesNotStopFetches() {
		this.signal.coverage = null;
		this.list.follow(this.updates::add);
		this.timer.advance(Duration.ofHours(1));
		assertThat(lists()).isBetween(10, 13);
	}

	@Test
	void aNullListIsAFailure() {
		FakeRegistry broken = new FakeRegistry() {

			@Override
			public Set<ListedService> services(Namespace namespace) {
				return null;
			}

		};
		assertThat(TestCatalog.services(broken, Runnable::run, this.timer).names()).isCompletedExceptionally();
	}

	@Test
	void pollsAtMostEveryFiveMinutes() {
		List<Instant> polls = new ArrayList<>();
		list((task) -> {
			polls.add(this.timer.steady());
			task.run();
		}).follow(this.updates::add);
		this.timer.advance(Duration.ofDays(1));
		assertThat(polls).hasSizeGreaterThan(250);
		for (int i = 1; i < polls.size(); i++) {
			assertThat(Duration.between(polls.get(i - 1), polls.get(i))).isGreaterThanOrEqualTo(ServiceList.POLL);
		}
	}

	@Test
	void waitsForTheFirstFetchOnly() {
		List<Runnable> tasks = new ArrayList<>();
		ServiceList slow = list(tasks::add);
		assertThat(slow.names()).isNotDone();
		this.registry.failure = new RegistryUnavailableException("away", null);
		tasks.remove(0).run();
		this.timer.advance(ONE_POLL);
		assertThat(slow.names()).isCompletedExceptionally();
		this.timer.advance(Duration.ofMillis(1));
		assertThat(tasks).isNotEmpty();
		assertThat(slow.names()).isCompletedExceptionally();
	}

	@Nested
	class WithAFollower {

		@Test
		void pollsEveryFiveMinutesWithoutChangeNotifications() {
			registry().services = Set.of("worker");
			follow();
			assertThat(updates()).containsExactly(List.of("worker"));
			timer().advance(Duration.ofHours(1));
			assertThat(lists()).isBetween(11, 14);
			assertThat(updates()).hasSize(1);
			registry().services = Set.of("worker", "new");
			timer().advance(ONE_POLL);
			assertThat(updates()).hasSize(2).last().isEqualTo(List.of("new", "worker"));
		}

		@Test
		void receivesANewServiceWhenItIsReported() {
			ServiceListTests.this.signal.coverage = Coverage.FULL;
			registry().services = Set.of("worker");
			follow();
			registry().services = Set.of("worker", "new");
			ServiceListTests.this.signal.change("new");
			timer().advance(Duration.ofMillis(201));
			assertThat(updates()).last().isEqualTo(List.of("new", "worker"));
			assertThat(ServiceListTests.this.list.names().join()).containsExactly("new", "worker");
		}

		@Test
		void receivesTheLossOfTheLastInstance() {
			registry().services = Set.of("worker", "backend");
			follow();
			registry().empty = Set.of("worker");
			ServiceListTests.this.signal.change("worker");
			timer().advance(Duration.ofMillis(201));
			assertThat(updates()).last().isEqualTo(List.of("backend"));
			assertThat(ServiceListTests.this.list.known()).containsExactly("backend", "worker");
		}

		@Test
		void receivesReportedChangesOfAnUnchangedSet() {
			registry().services = Set.of("worker");
			follow();
			ServiceListTests.this.signal.change("worker");
			timer().advance(Duration.ofMillis(201));
			assertThat(ServiceListTests.this.updates).last()
				.isEqualTo(new ServiceList.Update(List.of("worker"), List.of("worker"), Set.of("worker")));
		}

		@Test
		void mergesManyChangesIntoFewFetches() {
			registry().services = Set.of("worker");
			follow();
			for (int i = 0; i < 1000; i++) {
				ServiceListTests.this.signal.change("worker");
				timer().advance(Duration.ofMillis(1));
			}
			assertThat(lists()).isLessThan(8);
		}

		@Test
		void keepsServicesAfterARegistryRestart() {
			registry().services = Set.of("a", "b", "c", "d", "e", "f");
			follow();
			registry().services = Set.of();
			ServiceListTests.this.signal.change(null);
			timer().advance(Duration.ofSeconds(1));
			registry().services = Set.of("a", "b", "c", "d");
			ServiceListTests.this.signal.change("a");
			timer().advance(Duration.ofSeconds(1));
			assertThat(updates()).last().isEqualTo(List.of("a", "b", "c", "d", "e", "f"));
			timer().advance(Duration.ofSeconds(10));
			assertThat(updates()).last().isEqualTo(List.of("a", "b", "c", "d"));
		}

		private void follow() {
			ServiceListTests.this.list.follow(ServiceListTests.this.updates::add);
		}

		private List<List<String>> updates() {
			return ServiceListTests.this.updates.stream().map(ServiceList.Update::after).toList();
		}

		private FakeRegistry registry() {
			return ServiceListTests.this.registry;
		}

		private ManualTimer timer() {
			return ServiceListTests.this.timer;
		}

	}

	/** Requests the list, which is returned from memory while the next one is fetched. */
	private void requestAgain() {
		this.list.names();
		this.timer.advance(Duration.ofMillis(1));
	}

	private int lists() {
		return (int) this.registry.calls.stream().filter("services corp"::equals).count();
	}

}
