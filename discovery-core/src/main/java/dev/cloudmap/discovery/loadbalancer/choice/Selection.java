package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejections;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceKey;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;

/**
 * The candidates for some requests, until the list or the ejections change. Immutable
 * except for the turn.
 */
final class Selection {

	/** All, with the ejected ones. */
	private final Candidate[] members;

	/** The candidates that are not ejected, or all candidates if all are ejected. */
	private final Candidate[] callable;

	/** The callable ones of each zone that is called, the local zone first. */
	private final Zone[] zones;

	private final Candidate[] ejected;

	/** The time at which the first trial is due. */
	private final long firstTrial;

	private final AtomicInteger turn;

	/**
	 * Creates a selection.
	 * @param members the instances, at least one
	 * @param ejections the ejections
	 * @param zone the local zone; null to ignore zones
	 * @param now the time in nanoseconds
	 * @param turn the number of choices, not shared with selections of other requests:
	 * one that alternates between two would always get the same instances
	 */
	Selection(List<Candidate> members, Ejections ejections, @Nullable String zone, long now, AtomicInteger turn) {
		Predicate<Candidate> isEjected = (member) -> ejections.out().containsKey(member.key());
		List<Candidate> healthy = without(members, isEjected);
		List<Candidate> callable = healthy.isEmpty() ? members : healthy;
		this.members = array(members);
		this.callable = array(callable);
		this.zones = zones(callable, zone).toArray(Zone[]::new);
		this.ejected = members.stream().filter(isEjected).distinct().toArray(Candidate[]::new);
		long untilTrial = Arrays.stream(this.ejected)
			.map((candidate) -> Objects.requireNonNull(ejections.out().get(candidate.key())))
			.mapToLong((ejected) -> ejected.due() - now)
			.min()
			.orElse(0);
		this.firstTrial = now + untilTrial;
		this.turn = turn;
	}

	/**
	 * A first turn. It is random, so that applications that start together do not all
	 * call the same instance.
	 */
	static AtomicInteger firstTurn() {
		return new AtomicInteger(ThreadLocalRandom.current().nextInt());
	}

	private static List<Zone> zones(List<Candidate> callable, @Nullable String own) {
		if (own == null) {
			return List.of(new Zone(array(callable), 1));
		}
		Map<String, List<Candidate>> byZone = callable.stream().collect(Collectors.groupingBy(Selection::zone));
		Map<String, Integer> counts = new TreeMap<>();
		byZone.forEach((zone, candidates) -> counts.put(zone, candidates.size()));
		List<Zone> zones = new ArrayList<>();
		ZoneShares.of(own, counts)
			.forEach((zone, share) -> zones.add(new Zone(array(byZone.getOrDefault(zone, List.of())), share)));
		return zones;
	}

	private static String zone(Candidate candidate) {
		Map<String, String> metadata = candidate.instance().getMetadata();
		String zone = (metadata != null) ? metadata.get(InstanceAttributes.ZONE) : null;
		return (zone != null) ? zone : "";
	}

	private static List<Candidate> without(List<Candidate> candidates, Predicate<Candidate> unwanted) {
		return candidates.stream().filter(unwanted.negate()).toList();
	}

	private static Candidate[] array(List<Candidate> candidates) {
		return candidates.toArray(Candidate[]::new);
	}

	/**
	 * An ejected instance whose trial begins now; null if there is none.
	 * @param statistics grants the trial
	 */
	@Nullable Candidate trial(ServiceStatistics statistics) {
		if (this.ejected.length == 0) {
			return null;
		}
		long now = statistics.now();
		if (now - this.firstTrial < 0) {
			return null;
		}
		for (Candidate candidate : this.ejected) {
			if (statistics.tryAgain(candidate.key(), now)) {
				return candidate;
			}
		}
		return null;
	}

	/**
	 * The number of choices, plus a random initial number.
	 */
	AtomicInteger turn() {
		return this.turn;
	}

	/**
	 * The candidates for a request: those of one zone.
	 */
	Candidate[] candidates() {
		Zone last = this.zones[this.zones.length - 1];
		if (this.zones.length > 1) {
			double chance = ThreadLocalRandom.current().nextDouble();
			for (Zone zone : this.zones) {
				chance -= zone.share();
				if (chance < 0) {
					return zone.candidates();
				}
			}
		}
		return last.candidates();
	}

	/**
	 * The candidates for a retry: the untried of one zone, else of all zones, else the
	 * ejected ones; those of one zone if all have been tried.
	 * @param tried the instances to which the request was sent
	 */
	Candidate[] candidates(Set<InstanceKey> tried) {
		for (Candidate[] candidates : List.of(candidates(), this.callable, this.members)) {
			List<Candidate> untried = without(Arrays.asList(candidates),
					(candidate) -> tried.contains(candidate.key()));
			if (!untried.isEmpty()) {
				return array(untried);
			}
		}
		return candidates();
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Zone(Candidate[] candidates, double share) {
	}

}
