package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;

import static org.assertj.core.api.Assertions.assertThat;

class RefreshScheduleTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final int DRAWS = 20;

	@RepeatedTest(DRAWS)
	void noCoverageUsesTheRefreshInterval() {
		assertThat(delay(Coverage.NONE, RefreshTrigger.TIME, null, "a")).isBetween(Duration.ofMillis(4500),
				Duration.ofMillis(5500));
	}

	@RepeatedTest(DRAWS)
	void coverageUsesTheFullRefreshInterval() {
		for (Coverage coverage : new Coverage[] { Coverage.FULL, Coverage.MEMBERS }) {
			assertThat(delay(coverage, RefreshTrigger.TIME, Duration.ofSeconds(1), "a"))
				.isBetween(Duration.ofSeconds(27), Duration.ofSeconds(33));
		}
	}

	@RepeatedTest(DRAWS)
	void refreshesAtFourFifthsOfAShortTtl() {
		assertThat(delay(Coverage.NONE, RefreshTrigger.TIME, Duration.ofSeconds(2), "a"))
			.isBetween(Duration.ofMillis(1440), Duration.ofMillis(1760));
		assertThat(delay(Coverage.NONE, RefreshTrigger.TIME, Duration.ofMinutes(5), "a"))
			.isBetween(Duration.ofMillis(4500), Duration.ofMillis(5500));
	}

	@RepeatedTest(DRAWS)
	void refreshesAfterTheTtlOfACachedAnswer() {
		// a TTL of ten seconds may have almost eleven left
		assertThat(delay(Coverage.FULL, RefreshTrigger.CHANGE, Duration.ofSeconds(10), "a"))
			.isEqualTo(Duration.ofSeconds(11));
		assertThat(delay(Coverage.FULL, RefreshTrigger.CHANGE, null, "a")).isGreaterThan(Duration.ofSeconds(26));
	}

	@RepeatedTest(DRAWS)
	void memberCoverageDoesNotApplyToAnEmptyService() {
		assertThat(delay(Coverage.MEMBERS, RefreshTrigger.TIME, null)).isLessThan(Duration.ofSeconds(6));
		assertThat(delay(Coverage.FULL, RefreshTrigger.TIME, null)).isGreaterThan(Duration.ofSeconds(26));
	}

	@RepeatedTest(DRAWS)
	void refreshesWhenHeldInstancesExpire() {
		for (Coverage coverage : Coverage.values()) {
			assertThat(RefreshSchedule
				.after(TestCatalog.SETTINGS, RefreshTrigger.TIME, ScriptedSource.set("a"), NOW.plusSeconds(3), NOW)
				.remaining(coverage, NOW)).isEqualTo(Duration.ofSeconds(3));
		}
	}

	@RepeatedTest(DRAWS)
	void isDueAfterItsDelay() {
		RefreshSchedule schedule = RefreshSchedule.after(TestCatalog.SETTINGS, RefreshTrigger.TIME,
				ScriptedSource.set("a"), null, NOW);
		assertThat(schedule.remaining(Coverage.FULL, NOW.plusSeconds(3600))).isZero();
		assertThat(schedule.remaining(Coverage.NONE, NOW.plusSeconds(4))).isBetween(Duration.ofMillis(500),
				Duration.ofMillis(1500));
	}

	private static Duration delay(Coverage coverage, RefreshTrigger trigger, @Nullable Duration valid, String... ids) {
		InstanceSet found = new InstanceSet(ScriptedSource.WORKER, ScriptedSource.instances(ids), "test",
				(valid != null) ? NOW.plus(valid) : null);
		return RefreshSchedule.after(TestCatalog.SETTINGS, trigger, found, null, NOW).remaining(coverage, NOW);
	}

}
