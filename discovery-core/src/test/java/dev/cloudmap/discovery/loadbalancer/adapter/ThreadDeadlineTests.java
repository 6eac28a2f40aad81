package dev.cloudmap.discovery.loadbalancer.adapter;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;
import dev.cloudmap.discovery.thread.Timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class ThreadDeadlineTests {

	private static final Duration LIMIT = Duration.ofSeconds(1);

	private static final int ROUNDS = 2000;

	private final ManualTimer timer = new ManualTimer();

	@AfterEach
	void threadIsNotInterrupted() {
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void returnsResultInTime() throws Exception {
		assertThat(run(this.timer, LIMIT, () -> "done")).isEqualTo("done");
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void propagatesFailureInTime() {
		IOException failure = new IOException("broken");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> run(this.timer, LIMIT, () -> {
			throw failure;
		})).isSameAs(failure);
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void interruptsBlockedThread() {
		try (DiscoveryThreads threads = new DiscoveryThreads()) {
			CountDownLatch never = new CountDownLatch(1);
			assertThatExceptionOfType(HttpTimeoutException.class)
				.isThrownBy(() -> run(threads.timer(), Duration.ofMillis(20), () -> never.await(1, TimeUnit.MINUTES)))
				.withCauseInstanceOf(InterruptedException.class);
		}
	}

	@Test
	void clearsRestoredInterrupt() {
		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> run(this.timer, LIMIT, () -> {
			this.timer.advance(LIMIT);
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
			throw new IOException("interrupted");
		}));
	}

	@Test
	void returnsLateResult() throws Exception {
		assertThat(run(this.timer, LIMIT, () -> {
			this.timer.advance(LIMIT);
			return "late";
		})).isEqualTo("late");
	}

	@Test
	void doesNotInterruptAfterCompletion() throws Exception {
		run(this.timer, LIMIT, () -> "done");
		this.timer.advance(LIMIT);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void keepsForeignInterrupt() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> run(this.timer, LIMIT, () -> {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted");
		}));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void keepsForeignInterruptBesideItsOwn() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> run(this.timer, LIMIT, () -> {
			interruptFromElsewhere(Thread.currentThread());
			this.timer.advance(LIMIT);
			Thread.interrupted();
			throw new IOException("interrupted");
		})).isNotInstanceOf(HttpTimeoutException.class);
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void keepsEarlierInterrupt() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> run(this.timer, LIMIT, () -> {
			this.timer.advance(LIMIT);
			throw new IOException("interrupted");
		})).isNotInstanceOf(HttpTimeoutException.class);
		assertThat(Thread.interrupted()).isTrue();
	}

	/**
	 * The deadline, the end of the task and another party race with each other, with a
	 * client that restores the interrupt and with one that does not.
	 */
	@Test
	void foreignInterruptIsNeitherLostNorInvented() throws Exception {
		Thread caller = Thread.currentThread();
		AtomicReference<Runnable> deadline = new AtomicReference<>();
		Timer scheduled = new ScriptedTimer(deadline);
		int[] seen = new int[3];
		try (Racers racers = new Racers()) {
			for (int round = 0; round < ROUNDS; round++) {
				CountDownLatch done = new CountDownLatch(1);
				boolean foreign = round % 2 == 0;
				boolean restores = round % 4 < 2;
				racers.prepare(() -> Objects.requireNonNull(deadline.get()).run(), done::countDown, () -> {
					if (foreign) {
						caller.interrupt();
					}
				});
				boolean interrupted = false;
				try {
					run(scheduled, LIMIT, () -> {
						racers.go();
						return waitFor(done, restores);
					});
					seen[0]++;
				}
				catch (HttpTimeoutException ex) {
					seen[1]++;
				}
				catch (InterruptedException | IOException ex) {
					interrupted = true;
					seen[2]++;
				}
				// the other party may come after the task
				boolean before = Thread.interrupted();
				racers.awaitEnd();
				boolean after = Thread.interrupted();
				assertThat(interrupted || before || after).as("round %d", round).isEqualTo(foreign);
			}
		}
		assertThat(seen[0]).as("results").isPositive();
		assertThat(seen[1]).as("timeouts").isPositive();
		assertThat(seen[2]).as("interruptions").isPositive();
	}

	private static <T, X extends Exception> T run(Timer timer, Duration limit, ThreadDeadline.Task<T, X> task)
			throws X, HttpTimeoutException {
		return ThreadDeadline.run(timer, limit, () -> "late", () -> {
		}, task);
	}

	private static String waitFor(CountDownLatch done, boolean restores) throws InterruptedException, IOException {
		try {
			done.await();
			return "done";
		}
		catch (InterruptedException ex) {
			if (restores) {
				Thread.currentThread().interrupt();
				throw new IOException("interrupted", ex);
			}
			throw ex;
		}
	}

	private static void interruptFromElsewhere(Thread thread) throws InterruptedException {
		Thread other = new Thread(thread::interrupt);
		other.start();
		while (other.isAlive()) {
			Thread.onSpinWait();
		}
	}

	/**
	 * Threads that act at about the same time.
	 */
	private static final class Racers implements AutoCloseable {

		private final ExecutorService threads = Executors.newCachedThreadPool();

		private final List<Future<?>> actions = new ArrayList<>();

		private volatile CountDownLatch started = new CountDownLatch(1);

		void prepare(Runnable... actions) {
			CountDownLatch start = new CountDownLatch(1);
			this.started = start;
			this.actions.clear();
			for (Runnable action : actions) {
				this.actions.add(this.threads.submit(() -> {
					start.await();
					int spins = ThreadLocalRandom.current().nextInt(2000);
					for (int i = 0; i < spins; i++) {
						Thread.onSpinWait();
					}
					action.run();
					return null;
				}));
			}
		}

		void go() {
			this.started.countDown();
		}

		/** Does not consume an interrupt. */
		void awaitEnd() {
			while (!this.actions.stream().allMatch(Future::isDone)) {
				LockSupport.parkNanos(1000);
			}
		}

		@Override
		public void close() {
			this.threads.shutdownNow();
		}

	}

	/**
	 * Passes the task to the test.
	 */
	private record ScriptedTimer(AtomicReference<Runnable> task) implements Timer {

		@Override
		public Instant now() {
			return Instant.EPOCH;
		}

		@Override
		public Instant steady() {
			return Instant.EPOCH;
		}

		@Override
		public Scheduled schedule(Runnable task, Duration delay) {
			this.task.set(task);
			return () -> {
			};
		}

	}

}
