package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.loadbalancer.outlier.OutcomeWindow.Counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class InstanceStatisticsTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final TestStatistics balancing = new TestStatistics();

	private final InstanceStatistics statistics = new InstanceStatistics(TestStatistics.POLICY.window());

	@Test
	void twoConsecutiveConnectFailuresEject() {
		assertThat(judge(CallOutcome.NOT_CONNECTED)).isNull();
		assertThat(judge(CallOutcome.ANSWERED)).isNull();
		assertThat(judge(CallOutcome.NOT_CONNECTED)).isNull();
		assertThat(judge(CallOutcome.SERVER_ERROR)).isNull();
		assertThat(judge(CallOutcome.NOT_CONNECTED)).isNull();
		assertThat(judge(CallOutcome.NOT_CONNECTED)).isEqualTo("2 in a row could not connect");
	}

	@ParameterizedTest
	@EnumSource(value = CallOutcome.class, names = { "SERVER_ERROR", "TIMED_OUT", "BROKEN" })
	void fiveConsecutiveFailuresEject(CallOutcome outcome) {
		for (int i = 0; i < 4; i++) {
			assertThat(judge(outcome)).isNull();
		}
		// a failure of the caller does not count
		assertThat(judge(CallOutcome.UNKNOWN)).isNull();
		assertThat(judge(outcome)).isEqualTo("5 in a row failed");
	}

	@Test
	void moreThanHalfOfTwentyFailuresEject() {
		for (int i = 0; i < 9; i++) {
			assertThat(judge(CallOutcome.SERVER_ERROR)).isNull();
			assertThat(judge(CallOutcome.ANSWERED)).isNull();
		}
		assertThat(judge(CallOutcome.SERVER_ERROR)).isNull();
		// ten of nineteen calls are too few
		assertThat(judge(CallOutcome.SERVER_ERROR)).isEqualTo("11 of 20 failed within 10000 ms");
	}

	@Test
	void exactlyHalfDoesNotEject() {
		for (int i = 0; i < 50; i++) {
			assertThat(judge(CallOutcome.ANSWERED)).isNull();
			assertThat(judge(CallOutcome.SERVER_ERROR)).isNull();
		}
	}

	@Test
	void oldOutcomesExpire() {
		for (int i = 0; i < 200; i++) {
			assertThat(judge((i % 3 == 0) ? CallOutcome.ANSWERED : CallOutcome.SERVER_ERROR)).isNull();
			// nineteen calls within ten seconds
			this.balancing.advance(Duration.ofMillis(530));
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1234567890123456789L })
	void countsOutcomesWithinTheWindow(long start) {
		OutcomeWindow window = new OutcomeWindow(Duration.ofSeconds(10));
		long now = start;
		for (int i = 0; i < 100; i++) {
			window.add(now, i % 2);
			if (Math.abs((double) now) < Long.MAX_VALUE - 200.0 * SECOND) {
				now += SECOND;
				// the window is accurate to a tenth of its length
				assertThat(window.counts(now - 1).calls()).isBetween(Math.min(9L, i), Math.min(10L, i + 1));
			}
		}
		window.clear();
		assertThat(window.counts(now)).isEqualTo(new Counts(0, 0));
	}

	@Test
	void latencyRisesAtOnceAndDecaysGradually() {
		DecayingLatency latency = new DecayingLatency();
		assertThat(latency.nanos(0)).isZero();
		latency.add(100, 0);
		latency.add(1000, 0);
		assertThat(latency.nanos(0)).isEqualTo(1000);
		latency.add(100, SECOND);
		assertThat(latency.nanos(SECOND)).isBetween(900.0, 950.0);
		// without calls the latency decays to zero, so that the instance is called again
		assertThat(latency.nanos(60 * SECOND)).isLessThan(3);
		for (int i = 1; i < 600; i++) {
			latency.add(100, i * SECOND / 10);
		}
		assertThat(latency.nanos(60 * SECOND)).isCloseTo(100, within(5.0));
	}

	@Test
	void unfinishedRequestExpires() {
		InFlight inFlight = new InFlight();
		inFlight.begin(0);
		inFlight.begin(59 * SECOND);
		assertThat(inFlight.count(119 * SECOND)).isEqualTo(2);
		inFlight.begin(119 * SECOND);
		assertThat(inFlight.count(120 * SECOND)).isOne();
		// later than the expiry of the request
		inFlight.end(0);
		assertThat(inFlight.count(120 * SECOND)).isOne();
		inFlight.end(119 * SECOND);
		assertThat(inFlight.count(120 * SECOND)).isZero();
	}

	private String judge(CallOutcome outcome) {
		return this.statistics.judge(outcome, this.balancing.now(), TestStatistics.POLICY);
	}

}
