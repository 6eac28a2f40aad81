package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LookupLoopTests {

	private final ManualTimer timer = new ManualTimer();

	private final List<RefreshTrigger> begun = new ArrayList<>();

	private Duration remaining = Duration.ZERO;

	private final LookupLoop<Duration> loop = new LookupLoop<>("worker", this.timer, Duration.ofSeconds(2),
			new LookupLoop.Lookup<>(() -> this.remaining, (trigger) -> {
				this.begun.add(trigger);
				return CompletableFuture.completedFuture(Duration.ofSeconds(10));
			}, (found, trigger) -> found, (failure, delay) -> delay));

	@Test
	void waitsUntilTheLookupIsDue() {
		this.loop.start(() -> NoSignal.SILENT);
		this.remaining = Duration.ofSeconds(3);
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.begun).containsExactly(RefreshTrigger.TIME);
		this.remaining = Duration.ZERO;
		this.timer.advance(Duration.ofSeconds(3));
		assertThat(this.begun).containsExactly(RefreshTrigger.TIME, RefreshTrigger.TIME);
	}

	@Test
	void mergesTwoTriggersIntoTheEarlierLookup() {
		this.loop.start(() -> NoSignal.SILENT);
		this.loop.trigger(RefreshTrigger.SUSPICION);
		this.loop.trigger(RefreshTrigger.CHANGE);
		this.loop.trigger(RefreshTrigger.SUSPICION);
		this.timer.advance(Duration.ofMillis(20));
		assertThat(this.begun).containsExactly(RefreshTrigger.TIME, RefreshTrigger.CHANGE);
		this.timer.advance(Duration.ofSeconds(9));
		assertThat(this.begun).hasSize(2);
		assertThat(this.timer.waiting()).isEqualTo(1);
	}

	@Test
	void doesNotRunAfterStop() {
		this.loop.start(() -> NoSignal.SILENT);
		this.loop.trigger(RefreshTrigger.CHANGE);
		this.loop.stop();
		this.loop.trigger(RefreshTrigger.CHANGE);
		this.loop.start(() -> NoSignal.SILENT);
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.begun).hasSize(1);
		assertThat(this.timer.waiting()).isZero();
	}

	@RepeatedTest(10)
	void runsOneLookupAtATimeForConcurrentTriggers() {
		AtomicInteger version = new AtomicInteger();
		AtomicInteger seen = new AtomicInteger();
		AtomicInteger underWay = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		try (DiscoveryThreads threads = new DiscoveryThreads()) {
			LookupLoop<Integer> loop = new LookupLoop<>("worker", threads.timer(), Duration.ofSeconds(20),
					new LookupLoop.Lookup<>(() -> Duration.ofHours(1), (trigger) -> {
						most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
						int found = version.get();
						return CompletableFuture.supplyAsync(() -> {
							seen.set(found);
							underWay.decrementAndGet();
							return found;
						}, threads.lookups());
					}, (found, trigger) -> Duration.ofHours(1), (failure, delay) -> delay));
			loop.start(() -> NoSignal.SILENT);
			List<Thread> changers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Thread changer = new Thread(() -> {
					for (int change = 0; change < 20_000; change++) {
						version.incrementAndGet();
						loop.trigger((change % 2 == 0) ? RefreshTrigger.CHANGE : RefreshTrigger.SUSPICION);
					}
					version.incrementAndGet();
					loop.trigger(RefreshTrigger.CHANGE);
				});
				changers.add(changer);
				changer.start();
			}
			await().until(() -> changers.stream().noneMatch(Thread::isAlive));
			await().until(() -> seen.get() == version.get());
			assertThat(most).hasValue(1);
			loop.stop();
		}
	}

}
