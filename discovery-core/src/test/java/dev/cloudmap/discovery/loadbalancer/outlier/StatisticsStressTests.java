package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.loadbalancer.outlier.OutcomeWindow.Counts;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the invariants of statistics that several threads update: no call is lost or
 * counted twice, and no two calls get the same trial.
 */
class StatisticsStressTests {

	private static final int THREADS = 4;

	private static final int ROUNDS = 2000;

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void countsEveryCallOnce() throws Exception {
		InstanceStatistics statistics = new InstanceStatistics(Duration.ofHours(1));
		int calls = 20_000;
		together((thread) -> () -> {
			for (int i = 0; i < calls; i++) {
				// crosses the boundaries of minutes and of slices of the window
				long started = Duration.ofSeconds(59).toNanos() + i * Duration.ofMillis(1).toNanos();
				statistics.begin(started);
				assertThat(statistics.inFlight(started)).isBetween(0, THREADS * calls);
				CallOutcome outcome = (i % 4 == 0) ? CallOutcome.SERVER_ERROR : CallOutcome.ANSWERED;
				statistics.end(outcome, started, started + 1000, InstanceStatistics.FAILURE_NANOS);
				statistics.judge(outcome, started, TestStatistics.POLICY);
			}
			return 0;
		});
		long end = Duration.ofSeconds(80).toNanos();
		assertThat(statistics.inFlight(end)).isZero();
		assertThat(statistics.recent(end)).isEqualTo(new Counts((long) THREADS * calls, THREADS * calls / 4));
		assertThat(statistics.latency(end)).isBetween(1000.0, 1e9);
	}

	@Test
	void allowsOneTrialAtATime() throws Exception {
		AtomicLong nanos = new AtomicLong();
		ServiceStatistics worker = new ServiceStatistics(TestStatistics.WORKER, TestStatistics.POLICY,
				CallListener.NONE, Prober.NONE, nanos::get, () -> Instant.EPOCH);
		List<ServiceInstance> instances = TestStatistics.instances(2);
		worker.instances(instances);
		Candidate bad = Candidate.of(instances.get(0), worker);
		InstanceKey key = bad.key();
		worker.end(bad, CallOutcome.NOT_CONNECTED, 0, 0);
		assertThat(worker.end(bad, CallOutcome.NOT_CONNECTED, 0, 0)).isTrue();
		AtomicInteger trials = new AtomicInteger();
		CyclicBarrier due = new CyclicBarrier(THREADS, () -> {
			trials.set(0);
			nanos.addAndGet(Duration.ofSeconds(30).toNanos());
		});
		CyclicBarrier tried = new CyclicBarrier(THREADS);
		together((thread) -> () -> {
			for (int round = 0; round < ROUNDS; round++) {
				due.await(30, TimeUnit.SECONDS);
				long now = nanos.get();
				boolean mine = worker.tryAgain(key, now);
				if (mine) {
					trials.incrementAndGet();
				}
				tried.await(30, TimeUnit.SECONDS);
				assertThat(trials).hasValue(1);
				if (mine) {
					worker.end(bad, CallOutcome.TIMED_OUT, now, now);
				}
			}
			return 0;
		});
		assertThat(worker.reports()).singleElement().extracting(Ejection::times).isEqualTo(ROUNDS + 1);
	}

	@Test
	void ejectsAtMostHalfWhenAllFailAtOnce() throws Exception {
		AtomicLong nanos = new AtomicLong();
		ServiceStatistics worker = new ServiceStatistics(TestStatistics.WORKER, TestStatistics.POLICY,
				CallListener.NONE, Prober.NONE, nanos::get, () -> Instant.EPOCH);
		List<ServiceInstance> ten = TestStatistics.instances(10);
		worker.instances(ten);
		List<Candidate> all = ten.stream().map((instance) -> Candidate.of(instance, worker)).toList();
		together((thread) -> () -> {
			for (int i = 0; i < ROUNDS; i++) {
				Candidate instance = all.get(ThreadLocalRandom.current().nextInt(all.size()));
				long now = nanos.addAndGet(Duration.ofMillis(1).toNanos());
				boolean trial = worker.tryAgain(instance.key(), now);
				worker.begin(instance, now);
				worker.end(instance, (trial && i % 2 == 0) ? CallOutcome.ANSWERED : CallOutcome.NOT_CONNECTED, now,
						now);
				assertThat(worker.ejections().out().size()).isLessThanOrEqualTo(5);
			}
			return 0;
		});
		for (Candidate instance : all) {
			assertThat(instance.statistics().inFlight(nanos.get())).isZero();
		}
		assertThat(worker.ejections().out()).isNotEmpty();
	}

	@Test
	void newCallDoesNotInheritTheWaitOfEarlierCalls() throws Exception {
		UnansweredCalls calls = new UnansweredCalls();
		AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - Duration.ofHours(1).toNanos());
		CyclicBarrier idle = new CyclicBarrier(THREADS, () -> {
			calls.reset();
			nanos.addAndGet(Duration.ofMinutes(10).toNanos());
		});
		together((thread) -> () -> {
			for (int round = 0; round < ROUNDS; round++) {
				idle.await(30, TimeUnit.SECONDS);
				long now = nanos.get();
				for (int i = 0; i < 3; i++) {
					calls.begin(now);
					assertThat(calls.waiting(now).nanos()).isZero();
					assertThat(calls.waiting(now).calls()).isBetween(i + 1, 3 * THREADS);
				}
				idle.await(30, TimeUnit.SECONDS);
			}
			return 0;
		});
		calls.begin(nanos.get());
		assertThat(calls.waiting(nanos.get() + Duration.ofMillis(100).toNanos()).nanos())
			.isBetween(Duration.ofMillis(99).toNanos(), Duration.ofMillis(101).toNanos());
	}

	private void together(IntFunction<Callable<Integer>> task) throws Exception {
		CyclicBarrier start = new CyclicBarrier(THREADS);
		List<Future<Integer>> ends = new ArrayList<>(
				IntStream.range(0, THREADS).mapToObj(task).map((run) -> this.threads.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					return run.call();
				})).toList());
		for (Future<Integer> end : ends) {
			assertThat(end.get(1, TimeUnit.MINUTES)).isZero();
		}
	}

}
