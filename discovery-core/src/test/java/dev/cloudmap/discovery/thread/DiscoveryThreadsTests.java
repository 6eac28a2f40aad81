package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class DiscoveryThreadsTests {

	/** The time that a task takes to end after it was interrupted. */
	private static final Duration ENDING = Duration.ofMillis(50);

	private final DiscoveryThreads threads = new DiscoveryThreads();

	@Test
	void closingInterruptsTasksAndWaitsForTheirEnd() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		AtomicBoolean ended = new AtomicBoolean();
		this.threads.lookups().execute(() -> {
			running.countDown();
			while (!Thread.interrupted()) {
				LockSupport.park();
			}
			LockSupport.parkNanos(ENDING.toNanos());
			ended.set(true);
		});
		running.await();
		this.threads.close();
		assertThat(ended).isTrue();
	}

	@Test
	void taskCanCloseItsOwnThreads() throws InterruptedException {
		CountDownLatch closed = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		this.threads.listeners().execute(() -> {
			this.threads.close();
			interrupted.set(Thread.currentThread().isInterrupted());
			closed.countDown();
		});
		closed.await();
		assertThat(interrupted).isTrue();
	}

}
