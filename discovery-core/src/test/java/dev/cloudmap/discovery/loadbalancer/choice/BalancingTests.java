package dev.cloudmap.discovery.loadbalancer.choice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejections;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.TestStatistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests the choice of instances and the share of calls of each zone.
 */
class BalancingTests {

	private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

	private final TestBalancing balancing = new TestBalancing();

	@Property(tries = 200)
	void roundRobinIsEvenForAnyList(@ForAll @IntRange(min = 1, max = 50) int size,
			@ForAll @IntRange(min = 1, max = 5) int rounds) {
		Candidate[] candidates = candidates(size);
		Balancing balancing = BalancingAlgorithm.ROUND_ROBIN.create(this.balancing::now);
		AtomicInteger turn = new AtomicInteger(7);
		Map<Candidate, Integer> calls = new HashMap<>();
		for (int i = 0; i < size * rounds; i++) {
			calls.merge(balancing.choose(candidates, turn), 1, Integer::sum);
		}
		assertThat(calls).hasSize(size).allSatisfy((candidate, count) -> assertThat(count).isEqualTo(rounds));
	}

	@Example
	void roundRobinStartsAtARandomInstance() {
		List<Candidate> candidates = List.of(candidates(100));
		Set<Candidate> first = new HashSet<>();
		for (int i = 0; i < 1000; i++) {
			Selection selection = new Selection(candidates, Ejections.NONE, null, 0, Selection.firstTurn());
			first.add(BalancingAlgorithm.ROUND_ROBIN.create(this.balancing::now)
				.choose(selection.candidates(), selection.turn()));
		}
		assertThat(first).hasSizeGreaterThan(50);
	}

	@Example
	void leastOutstandingAvoidsBusyInstances() {
		Candidate[] candidates = candidates(2);
		answer(candidates[0], 10 * MILLISECOND);
		answer(candidates[1], 10 * MILLISECOND);
		TestStatistics.begin(candidates[0], this.balancing.now());
		assertThat(calls(candidates)).containsOnlyKeys(candidates[1]);
	}

	@Example
	void leastOutstandingAvoidsSlowAndFastFailingInstances() {
		Candidate[] candidates = candidates(3);
		answer(candidates[0], 20 * MILLISECOND);
		answer(candidates[1], 10 * MILLISECOND);
		long now = this.balancing.now();
		TestStatistics.begin(candidates[2], now);
		TestStatistics.end(candidates[2], CallOutcome.SERVER_ERROR, now, now + 1);
		Map<Candidate, Integer> calls = calls(candidates);
		assertThat(calls).doesNotContainKey(candidates[2]);
		assertThat(calls.get(candidates[1])).isGreaterThan(calls.get(candidates[0]));
		// an idle instance gets another chance after a while
		this.balancing.advance(Duration.ofMinutes(2));
		answer(candidates[0], 20 * MILLISECOND);
		answer(candidates[1], 10 * MILLISECOND);
		assertThat(calls(candidates)).containsKey(candidates[2]);
	}

	@Example
	void leastOutstandingAvoidsFastFailuresAmongSlowCalls() {
		ServiceStatistics worker = this.balancing.worker();
		List<ServiceInstance> instances = TestBalancing.instances(2);
		worker.instances(instances);
		long now = this.balancing.now();
		long began = now - Duration.ofSeconds(3).toNanos();
		Candidate well = Candidate.of(instances.get(0), worker);
		Candidate sick = Candidate.of(instances.get(1), worker);
		TestStatistics.begin(worker, well, began);
		TestStatistics.end(worker, well, CallOutcome.ANSWERED, began, now);
		TestStatistics.begin(worker, sick, now);
		TestStatistics.end(worker, sick, CallOutcome.SERVER_ERROR, now, now + 1);
		assertThat(calls(new Candidate[] { well, sick })).containsOnlyKeys(well);
	}

	@Example
	void unmeasuredInstanceIsNotFlooded() {
		Candidate[] candidates = candidates(2);
		answer(candidates[0], 10 * MILLISECOND);
		assertThat(calls(candidates)).containsOnlyKeys(candidates[1]);
		TestStatistics.begin(candidates[1], this.balancing.now());
		assertThat(calls(candidates)).containsOnlyKeys(candidates[0]);
	}

	@Property
	void zoneSharesSumToOne(@ForAll("zones") List<Integer> zones, @ForAll @IntRange(min = 0, max = 5) int own) {
		Map<String, Double> shares = ZoneShares.of(String.valueOf(own), counts(zones));
		assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(1, within(1e-9));
		assertThat(shares.values()).allSatisfy((share) -> assertThat(share).isPositive());
	}

	@Property
	void zoneWithEnoughCapacityKeepsItsCalls(@ForAll("zones") List<Integer> zones) {
		Map<String, Integer> counts = counts(zones);
		double average = zones.stream().mapToInt(Integer::intValue).average().orElseThrow();
		counts.forEach((zone, count) -> {
			Map<String, Double> shares = ZoneShares.of(zone, counts);
			double expected = Math.min(1, ZoneShares.LOAD_FACTOR * count / average);
			assertThat(shares.get(zone)).isCloseTo(expected, within(1e-9));
		});
	}

	@Property
	void unevenZonesDoNotOverloadInstances(@ForAll("zones") List<Integer> zones) {
		Map<String, Integer> counts = counts(zones);
		double instances = zones.stream().mapToInt(Integer::intValue).sum();
		Map<String, Double> load = new TreeMap<>();
		for (String caller : counts.keySet()) {
			ZoneShares.of(caller, counts)
				.forEach((zone, share) -> load.merge(zone, share / counts.size(), Double::sum));
		}
		load.forEach((zone, part) -> assertThat(part / counts.get(zone))
			.isLessThanOrEqualTo(ZoneShares.LOAD_FACTOR / instances + 1e-9));
	}

	@Example
	void excessOfAZoneSpillsToOthersInProportion() {
		assertThat(ZoneShares.of("a", Map.of("a", 2, "b", 2, "c", 2))).isEqualTo(Map.of("a", 1.0));
		// nearly as many instances as in the other zones
		assertThat(ZoneShares.of("a", Map.of("a", 3, "b", 4, "c", 3))).isEqualTo(Map.of("a", 1.0));
		Map<String, Double> shares = ZoneShares.of("a", Map.of("a", 1, "b", 4, "c", 7));
		assertThat(shares.get("a")).isCloseTo(0.35, within(1e-9));
		assertThat(shares).doesNotContainKey("b");
		assertThat(shares.get("c")).isCloseTo(0.65, within(1e-9));
		assertThat(ZoneShares.of("d", Map.of("a", 2, "b", 2))).isEqualTo(Map.of("a", 0.5, "b", 0.5));
		// DNS contains no zones
		assertThat(ZoneShares.of("a", Map.of("", 3))).isEqualTo(Map.of("", 1.0));
	}

	@Provide
	Arbitrary<List<Integer>> zones() {
		return Arbitraries.integers().between(1, 20).list().ofMinSize(1).ofMaxSize(5);
	}

	private static Map<String, Integer> counts(List<Integer> zones) {
		Map<String, Integer> counts = new TreeMap<>();
		for (int i = 0; i < zones.size(); i++) {
			counts.put(String.valueOf(i), zones.get(i));
		}
		return counts;
	}

	private Candidate[] candidates(int count) {
		ServiceStatistics worker = this.balancing.worker();
		List<Candidate> candidates = new ArrayList<>();
		TestBalancing.instances(count).forEach((instance) -> candidates.add(Candidate.of(instance, worker)));
		return candidates.toArray(Candidate[]::new);
	}

	private void answer(Candidate candidate, long nanos) {
		long now = this.balancing.now();
		TestStatistics.begin(candidate, now);
		TestStatistics.end(candidate, CallOutcome.ANSWERED, now - nanos, now);
		TestStatistics.end(candidate, CallOutcome.UNKNOWN, now, now);
	}

	private Map<Candidate, Integer> calls(Candidate[] candidates) {
		LeastOutstanding balancing = new LeastOutstanding(new Random(1)::nextInt, this.balancing::now);
		Map<Candidate, Integer> calls = new HashMap<>();
		for (int i = 0; i < 1000; i++) {
			calls.merge(balancing.choose(candidates, new AtomicInteger()), 1, Integer::sum);
		}
		return calls;
	}

}
