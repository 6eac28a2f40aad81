package dev.cloudmap.discovery.loadbalancer.adapter;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
class ThreadDeadlineTests {

	private static final Duration LIMIT = Duration.ofSeconds(1);

	private final ManualTimer timer = new ManualTimer();

	@AfterEach
	void threadIsNotInterrupted() {
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void returnsResultInTime() throws Exception {
		assertThat(ThreadDeadline.run(this.timer, LIMIT, () -> "late", () -> "done")).isEqualTo("done");
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void propagatesFailureInTime() {
		IOException failure = new IOException("broken");
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> ThreadDeadline.run(this.timer, LIMIT, () -> "late", () -> {
				throw failure;
			}))
			.isSameAs(failure);
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void interruptsBlockedThread() {
		try (DiscoveryThreads threads = new DiscoveryThreads()) {
			CountDownLatch never = new CountDownLatch(1);
			assertThatExceptionOfType(HttpTimeoutException.class)
				.isThrownBy(() -> ThreadDeadline.run(threads.timer(), Duration.ofMillis(20), () -> "late",
						() -> never.await(1, TimeUnit.MINUTES)))
				.withCauseInstanceOf(InterruptedException.class);
		}
	}

	@Test
	void clearsRestoredInterrupt() {
		assertThatExceptionOfType(HttpTimeoutException.class)
			.isThrownBy(() -> ThreadDeadline.run(this.timer, LIMIT, () -> "late", () -> {
				this.timer.advance(LIMIT);
				assertThat(Thread.currentThread().isInterrupted()).isTrue();
				throw new IOException("interrupted");
			}));
	}

	@Test
	void returnsLateResult() throws Exception {
		assertThat(ThreadDeadline.run(this.timer, LIMIT, () -> "late", () -> {
			this.timer.advance(LIMIT);
			return "late";
		})).isEqualTo("late");
	}

	@Test
	void doesNotInterruptAfterCompletion() throws Exception {
		ThreadDeadline.run(this.timer, LIMIT, () -> "late", () -> "done");
		this.timer.advance(LIMIT);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void keepsForeignInterrupt() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> ThreadDeadline.run(this.timer, LIMIT, () -> "late", () -> {
				Thread.currentThread().interrupt();
				throw new IOException("interrupted");
			}));
		assertThat(Thread.interrupted()).isTrue();
	}

}
