package dev.cloudmap.discovery.loadbalancer.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryBudgetTests {

	private static final RetryPolicy.Budget USUAL = new RetryPolicy.Budget(0.2, 3);

	private final RetryBudget budget = new RetryBudget();

	/** Shortly before the nanosecond clock overflows. */
	private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	@Test
	void allowsTheMinimumEverySecond() {
		assertThat(retries(10)).isEqualTo(3);
		advance(Duration.ofMillis(1100));
		assertThat(retries(10)).isEqualTo(3);
	}

	@Test
	void growsWithTheRequests() {
		for (int i = 0; i < 100; i++) {
			this.budget.request(this.now);
		}
		assertThat(retries(1000)).isEqualTo(23);
		assertThat(retries(1000)).isZero();
	}

	@ParameterizedTest
	@ValueSource(ints = { 20, 200, 2000 })
	void limitsRetriesInAnOutage(int perSecond) {
		int seconds = 10;
		int retried = 0;
		for (int i = 0; i < perSecond * seconds; i++) {
			this.budget.request(this.now);
			retried += retries(2);
			advance(Duration.ofSeconds(1).dividedBy(perSecond));
		}
		assertThat(retried).isBetween(seconds * perSecond / 5, (int) (seconds * (0.2 * perSecond + 3) * 1.12));
	}

	@Test
	void concurrentCallersNeverExceedTheBudget() throws Exception {
		for (int round = 0; round < 200; round++) {
			AtomicInteger taken = new AtomicInteger();
			RetryBudget one = new RetryBudget();
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Thread thread = new Thread(() -> {
					for (int j = 0; j < 3; j++) {
						if (one.retry(this.now, USUAL)) {
							taken.incrementAndGet();
						}
					}
				});
				threads.add(thread);
				thread.start();
			}
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(taken).hasValue(3);
		}
	}

	private int retries(int wanted) {
		int taken = 0;
		for (int i = 0; i < wanted; i++) {
			taken += this.budget.retry(this.now, USUAL) ? 1 : 0;
		}
		return taken;
	}

	private void advance(Duration duration) {
		this.now += duration.toNanos();
	}

}
