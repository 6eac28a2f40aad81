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
			ejections = ejections.tryAgain(KEY, now)
				.ended(KEY, CallOutcome.TIMED_OUT, now, now, EjectionsTests::ejection);
		}
		assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
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
	Arbitrary<Double> parts() {
		return Arbitraries.doubles().between(0, 1);
	}

	@Provide
	Arbitrary<Integer> sizes() {
		return Arbitraries.integers().between(0, 1000);
	}

	private static Ejections eject(Ejections ejections, InstanceKey key, int size, long now) {
		return ejections.among(keys(size), now, POLICY)
			.eject(key, now, POLICY, Ejections.Cause.FAILURES, EjectionsTests::ejection);
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

	private static Ejection ejection(int times) {
		return new Ejection("worker", "test", Instant.EPOCH, POLICY.duration(times), times);
	}

}
