package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import dev.cloudmap.discovery.loadbalancer.outlier.Ejections.Cause;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which instances are ejected and for how long, for any order of events.
 */
class EjectionsTests {

	private static final OutlierPolicy POLICY = TestStatistics.POLICY;

	private static final InstanceKey KEY = key(0);

	@Example
	void ejectionTimeDoublesUpToTheMaximum() {
		Ejections ejections = eject(Ejections.NONE, KEY, 2, 0);
		List<Long> seconds = new ArrayList<>();
		long now = 0;
		for (int i = 0; i < 8; i++) {
			Ejections.Out out = ejections.out().get(KEY);
			seconds.add(Duration.ofNanos(out.due() - now).toSeconds());
			assertThat(ejections.tryAgain(KEY, out.due() - 1)).isSameAs(ejections);
			now = out.due();
			ejections = trial(ejections, now).ended(KEY, CallOutcome.TIMED_OUT, now, now, EjectionsTests::ejection);
		}
		assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
	}

	@Example
	void readmitsGivenInstancesByHand() {
		Ejections ejections = eject(Ejections.NONE, KEY, 4, 0).eject(key(1), 0, POLICY, Cause.FAILURES,
				(times) -> ejection(times, Cause.FAILURES));
		Ejections readmitted = ejections.readmit(Set.of(KEY, key(2)), 1);
		assertThat(readmitted.out()).containsOnlyKeys(key(1));
		assertThat(readmitted.readmit(Set.of(KEY), 2)).isSameAs(readmitted);
	}

	@Example
	void silenceEjectsForFourSecondsAtMost() {
		Ejections ejections = eject(Ejections.NONE, KEY, 2, 0, Cause.SILENCE);
		List<Long> seconds = new ArrayList<>();
		long now = 0;
		for (int i = 0; i < 5; i++) {
			Ejections.Out out = ejections.out().get(KEY);
			assertThat(out.cause()).isEqualTo(Cause.SILENCE);
			seconds.add(Duration.ofNanos(out.due() - now).toSeconds());
			now = out.due();
			ejections = trial(ejections, now).ended(KEY, CallOutcome.TIMED_OUT, now, now, EjectionsTests::ejection);
		}
		assertThat(seconds).containsExactly(1L, 2L, 4L, 4L, 4L);
	}

	@Property
	void trialFollowsSuccessfulProbeOnly(@ForAll("probedCauses") Cause cause) {
		Ejections ejections = eject(Ejections.NONE, KEY, 2, 0, cause);
		List<Duration> intervals = new ArrayList<>();
		long now = seconds(1);
		for (int i = 0; i < 6; i++) {
			Ejections probing = ejections.tryAgain(KEY, now);
			assertThat(probing.out().get(KEY).step()).isEqualTo(Ejections.Step.PROBING);
			assertThat(probing.tryAgain(KEY, now + seconds(9))).isSameAs(probing);
			ejections = probing.probed(KEY, false, now, now);
			long next = ejections.out().get(KEY).due();
			assertThat(ejections.tryAgain(KEY, next - 1)).isSameAs(ejections);
			intervals.add(Duration.ofNanos(next - now));
			now = next;
		}
		assertThat(intervals).extracting(Duration::toMillis).containsExactly(500L, 1000L, 2000L, 4000L, 4000L, 4000L);
		Ejections reachable = ejections.tryAgain(KEY, now).probed(KEY, true, now, now);
		assertThat(reachable.tryAgain(KEY, now).out().get(KEY).step()).isEqualTo(Ejections.Step.TRIAL);
	}

	@Example
	void lateProbeChangesNothing() {
		Ejections probing = eject(Ejections.NONE, KEY, 2, 0, Cause.UNREACHABLE).tryAgain(KEY, seconds(1));
		Ejections another = probing.tryAgain(KEY, seconds(11));
		assertThat(another).isNotSameAs(probing);
		assertThat(another.probed(KEY, true, seconds(1), seconds(12))).isSameAs(another);
		Ejections left = probing.among(Set.of(key(1)), seconds(1), POLICY);
		assertThat(left.probed(KEY, true, seconds(1), seconds(2))).isSameAs(left);
	}

	@Example
	void failedProbesDelayTheTrialByFiveMinutesAtMost() {
		Ejections ejected = eject(Ejections.NONE, KEY, 2, 0, Cause.UNREACHABLE);
		long now = seconds(299);
		assertThat(ejected.tryAgain(KEY, now).probed(KEY, false, now, now).out().get(KEY).step())
			.isEqualTo(Ejections.Step.WAITING);
		long end = seconds(300);
		assertThat(ejected.tryAgain(KEY, end).probed(KEY, false, end, end).out().get(KEY).step())
			.isEqualTo(Ejections.Step.REACHABLE);
	}

	@Example
	void errorsNeedNoProbe() {
		Ejections trial = eject(Ejections.NONE, KEY, 2, 0, Cause.FAILURES).tryAgain(KEY, seconds(1));
		assertThat(trial.out().get(KEY).step()).isEqualTo(Ejections.Step.TRIAL);
		Ejections again = trial.ended(KEY, CallOutcome.NOT_CONNECTED, seconds(1), seconds(1), EjectionsTests::ejection);
		assertThat(again.out().get(KEY).cause()).isEqualTo(Cause.UNREACHABLE);
	}

	@Example
	void longRecoveryResetsTheEjectionTime() {
		Ejections first = eject(Ejections.NONE, KEY, 2, 0);
		long second = seconds(1);
		Ejections well = first.tryAgain(KEY, second)
			.ended(KEY, CallOutcome.ANSWERED, second, second, EjectionsTests::ejection);
		assertThat(well.out()).isEmpty();
		assertThat(eject(well, KEY, 2, second + seconds(29)).out().get(KEY).report().times()).isEqualTo(2);
		assertThat(eject(well, KEY, 2, second + seconds(30)).out().get(KEY).report().times()).isOne();
	}

	@Example
	void ignoresCallsThatBeganBefore() {
		Ejections ejected = eject(Ejections.NONE, KEY, 2, 100);
		assertThat(ejected.ended(KEY, CallOutcome.ANSWERED, 99, 200, EjectionsTests::ejection)).isSameAs(ejected);
		Ejections trial = ejected.tryAgain(KEY, seconds(2));
		assertThat(trial.ended(KEY, CallOutcome.TIMED_OUT, seconds(1), seconds(3), EjectionsTests::ejection))
			.isSameAs(trial);
		Ejections well = trial.ended(KEY, CallOutcome.ANSWERED, seconds(2), seconds(3), EjectionsTests::ejection);
		assertThat(well.isBeforeReadmission(KEY, seconds(2))).isTrue();
		assertThat(well.isBeforeReadmission(KEY, seconds(3))).isFalse();
	}

	@Example
	void repeatsUndecidedTrial() {
		Ejections trial = eject(Ejections.NONE, KEY, 2, 0).tryAgain(KEY, seconds(1));
		assertThat(trial.tryAgain(KEY, seconds(10))).isSameAs(trial);
		Ejections undecided = trial.ended(KEY, CallOutcome.UNKNOWN, seconds(1), seconds(2), EjectionsTests::ejection);
		assertThat(undecided.tryAgain(KEY, seconds(2))).isNotSameAs(undecided);
		// a cancelled call is not reported
		assertThat(trial.tryAgain(KEY, seconds(11))).isNotSameAs(trial);
	}

	@Property
	void ejectsAtMostTheAllowedShareAndNeverTheLast(@ForAll("steps") List<Step> steps) {
		Ejections ejections = Ejections.NONE;
		int size = 10;
		long now = Long.MAX_VALUE - seconds(5);
		for (Step step : steps) {
			now += seconds(1);
			InstanceKey key = key(step.instance() % size);
			switch (step.kind()) {
				case EJECT -> ejections = eject(ejections, key, size, now);
				case TRY -> ejections = ejections.tryAgain(key, now);
				case ANSWER ->
					ejections = ejections.ended(key, CallOutcome.ANSWERED, now, now, EjectionsTests::ejection);
				case FAIL ->
					ejections = ejections.ended(key, CallOutcome.SERVER_ERROR, now, now, EjectionsTests::ejection);
				case RESIZE -> {
					size = step.instance() + 1;
					ejections = ejections.among(keys(size), now, POLICY);
				}
			}
			assertThat(ejections.out().size()).isLessThanOrEqualTo(size / 2).isLessThan(size);
			assertThat(keys(size)).containsAll(ejections.out().keySet()).containsAll(ejections.past().keySet());
			assertThat(ejections.past().keySet()).noneMatch(ejections.out()::containsKey);
		}
	}

	@Property
	void anyShareLeavesOneInstance(@ForAll("parts") double part, @ForAll("sizes") int size) {
		OutlierPolicy policy = new OutlierPolicy(true, 1, 1, 0.5, 1, Duration.ofSeconds(1), Duration.ofSeconds(1),
				Duration.ofSeconds(1), 1, Duration.ofSeconds(1), part);
		assertThat(policy.mostEjected(size)).isBetween(0, Math.max(0, size - 1))
			.isLessThanOrEqualTo((int) (part * size));
	}

	@Example
	void removalReadmitsTheEarliestDueInstances() {
		Ejections ejections = Ejections.NONE;
		for (int i = 0; i < 3; i++) {
			ejections = eject(ejections, key(i), 6, i);
		}
		assertThat(ejections.among(keys(3), 10, POLICY).out()).containsOnlyKeys(key(2));
		assertThat(ejections.among(keys(1), 10, POLICY).out()).isEmpty();
		assertThat(ejections.among(keys(6), 10, POLICY)).isSameAs(ejections);
	}

	@Provide
	Arbitrary<List<Step>> steps() {
		return Combinators.combine(Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 11))
			.as(Step::new)
			.list()
			.ofMaxSize(100);
	}

	@Provide
	Arbitrary<Cause> probedCauses() {
		return Arbitraries.of(Cause.UNREACHABLE, Cause.SILENCE);
	}

	@Provide
	Arbitrary<Double> parts() {
		return Arbitraries.doubles().between(0, 1);
	}

	@Provide
	Arbitrary<Integer> sizes() {
		return Arbitraries.integers().between(0, 1000);
	}

	private static Ejections eject(Ejections ejections, InstanceKey key, int size, long now) {
		return eject(ejections, key, size, now, Cause.FAILURES);
	}

	private static Ejections eject(Ejections ejections, InstanceKey key, int size, long now, Cause cause) {
		return ejections.among(keys(size), now, POLICY)
			.eject(key, now, POLICY, cause, (times) -> ejection(times, cause));
	}

	/**
	 * Begins the trial of an ejected instance, which accepts connections.
	 */
	private static Ejections trial(Ejections ejections, long now) {
		Ejections next = ejections.tryAgain(KEY, now);
		return (next.out().get(KEY).step() == Ejections.Step.TRIAL) ? next
				: next.probed(KEY, true, now, now).tryAgain(KEY, now);
	}

	private static InstanceKey key(int number) {
		return new InstanceKey("i-" + number, "10.0.0.1", number);
	}

	private static Set<InstanceKey> keys(int size) {
		return new HashSet<>(IntStream.range(0, size).mapToObj(EjectionsTests::key).toList());
	}

	private static long seconds(int seconds) {
		return Duration.ofSeconds(seconds).toNanos();
	}

	enum Kind {

		EJECT, TRY, ANSWER, FAIL, RESIZE

	}

	record Step(Kind kind, int instance) {
	}

	private static Ejection ejection(int times, Cause cause) {
		return new Ejection("worker", "test", Instant.EPOCH, POLICY.duration(times, cause), times);
	}

}
