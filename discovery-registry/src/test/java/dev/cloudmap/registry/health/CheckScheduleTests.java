package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.ManualScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Start times of checks, with a manual clock.
 */
class CheckScheduleTests {

	private static final CheckResult FINE = CheckResult.healthy("fine");

	private final ManualScheduler scheduler = new ManualScheduler();

	/** The running checks in start order. */
	private final List<FakeCheck> underWay = new ArrayList<>();

	private final CheckSchedule schedule = new CheckSchedule(this.scheduler, Duration.ofSeconds(10), 2);

	private FakeCheck add(String name, String delay) {
		FakeCheck check = new FakeCheck(name);
		this.schedule.add(check, Duration.parse(delay));
		return check;
	}

	private void pass(String duration) {
		this.scheduler.advance(Duration.parse(duration));
	}

	@Test
	void startsAfterDelayAndThenAtFixedRate() {
		FakeCheck check = add("a", "PT0.5S");
		assertThat(check.begun).isZero();
		pass("PT0.5S");
		assertThat(check.begun).isOne();
		pass("PT4S");
		check.end(FINE);
		assertThat(check.findings).containsExactly(FINE);
		pass("PT5.9S");
		assertThat(check.begun).isOne();
		pass("PT0.1S");
		assertThat(check.begun).isEqualTo(2);
	}

	@Test
	void attemptsDoNotOverlap() {
		FakeCheck check = add("a", "PT0S");
		pass("PT0S");
		pass("PT60S");
		assertThat(check.begun).isOne();
		check.end(FINE);
		assertThat(check.begun).isEqualTo(2);
		assertThat(this.underWay).containsExactly(check);
	}

	@Test
	void limitsConcurrentAttemptsAndStartsLongestWaitingNext() {
		FakeCheck a = add("a", "PT0S");
		FakeCheck b = add("b", "PT1S");
		FakeCheck d = add("d", "PT3S");
		FakeCheck c = add("c", "PT2S");
		pass("PT5S");
		assertThat(this.underWay).containsExactly(a, b);
		a.end(FINE);
		assertThat(this.underWay).containsExactly(b, c);
		pass("PT1S");
		b.end(FINE);
		assertThat(this.underWay).containsExactly(c, d);
	}

	@Test
	void startsAllChecksUnderOverload() {
		List<FakeCheck> checks = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			checks.add(add("check " + i, "PT0S"));
		}
		for (int i = 0; i < 200; i++) {
			// Each attempt takes 2 seconds, so 20 checks take 20 seconds instead of 10.
			pass("PT2S");
			List.copyOf(this.underWay).forEach((check) -> check.end(FINE));
		}
		assertThat(checks).allSatisfy((check) -> assertThat(check.begun).isBetween(19, 21));
	}

	@Test
	void removalStopsCheck() {
		FakeCheck waiting = add("waiting", "PT5S");
		FakeCheck running = add("running", "PT0S");
		pass("PT0S");
		this.schedule.remove(waiting);
		this.schedule.remove(running);
		this.schedule.remove(running);
		assertThat(running.attempt).isCancelled();
		pass("PT60S");
		assertThat(waiting.begun).isZero();
		assertThat(running.begun).isOne();
		assertThat(running.findings).isEmpty();
		// Its slot is available to another check.
		FakeCheck one = add("one", "PT0S");
		FakeCheck other = add("other", "PT0S");
		pass("PT0S");
		assertThat(List.of(one.begun, other.begun)).containsOnly(1);
	}

	@Test
	void closeStopsAllChecks() {
		FakeCheck running = add("running", "PT0S");
		FakeCheck waiting = add("waiting", "PT5S");
		pass("PT0S");
		this.schedule.close();
		FakeCheck late = add("late", "PT0S");
		pass("PT60S");
		assertThat(running.attempt).isCancelled();
		assertThat(running.findings).isEmpty();
		assertThat(waiting.begun).isZero();
		assertThat(late.begun).isZero();
	}

	@Test
	void continuesAfterFailedAttemptOrCallback() {
		FakeCheck check = add("a", "PT0S");
		pass("PT0S");
		check.attempt.completeExceptionally(new IllegalStateException("broken"));
		assertThat(check.findings).isEmpty();
		check.breaks = true;
		pass("PT10S");
		assertThat(check.begun).isEqualTo(2);
		check.breaks = false;
		pass("PT10S");
		check.judgementBreaks = true;
		check.end(FINE);
		pass("PT10S");
		assertThat(check.begun).isEqualTo(4);
	}

	@Test
	void startsManyChecksThatEndAtOnce() {
		try (CheckSchedule many = new CheckSchedule(this.scheduler, Duration.ofSeconds(10), 64)) {
			AtomicInteger begun = new AtomicInteger();
			for (int i = 0; i < 5_000; i++) {
				many.add(new AtOnce(begun), Duration.ofSeconds(5));
			}
			pass("PT5S");
			assertThat(begun).hasValue(5_000);
		}
	}

	private final class FakeCheck extends CheckSchedule.Check {

		private final String name;

		private final List<CheckResult> findings = new ArrayList<>();

		private CompletableFuture<CheckResult> attempt;

		private int begun;

		private boolean breaks;

		private boolean judgementBreaks;

		private FakeCheck(String name) {
			this.name = name;
		}

		@Override
		CompletableFuture<CheckResult> begin() {
			this.begun++;
			if (this.breaks) {
				throw new IllegalStateException("broken");
			}
			CheckScheduleTests.this.underWay.add(this);
			this.attempt = new CompletableFuture<>();
			return this.attempt;
		}

		private void end(CheckResult finding) {
			CheckScheduleTests.this.underWay.remove(this);
			this.attempt.complete(finding);
		}

		@Override
		void completed(CheckResult finding) {
			if (this.judgementBreaks) {
				throw new IllegalStateException("broken");
			}
			this.findings.add(finding);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	private static final class AtOnce extends CheckSchedule.Check {

		private final AtomicInteger begun;

		private AtOnce(AtomicInteger begun) {
			this.begun = begun;
		}

		@Override
		CompletableFuture<CheckResult> begin() {
			this.begun.incrementAndGet();
			return CompletableFuture.completedFuture(FINE);
		}

		@Override
		void completed(CheckResult finding) {
		}

	}

}
