package dev.cloudmap.discovery.loadbalancer;

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
import dev.cloudmap.discovery.loadbalancer.Ejections.Out;

/**
 * Among whom is chosen for some requests, at one moment: in arrays, so that a choice
 * takes no time. Immutable but for whose turn it is.
 */
final class Pool {

	/** All, the ejected too. */
	private final Candidate[] members;

	/** Those who are called; all if all are ejected. */
	private final Candidate[] callable;

	/** Those of them in each zone that is called, the caller's own first. */
	private final Zone[] zones;

	private final Candidate[] ejected;

	/** When the first of the ejected is due for a trial. */
	private final long firstTrial;

	/**
	 * Of this pool alone: who shares turns with others may always be given the same ones.
	 * It begins anywhere, so that applications that are started together don't all call
	 * the same.
	 */
	private final AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt());

	private Pool(List<Candidate> members, List<Candidate> callable, List<Zone> zones, List<Candidate> ejected,
			long firstTrial) {
		this.members = array(members);
		this.callable = array(callable);
		this.zones = zones.toArray(Zone[]::new);
		this.ejected = array(ejected);
		this.firstTrial = firstTrial;
	}

	/**
	 * Makes a pool.
	 * @param members who is in it, at least one; not null
	 * @param ejections who is ejected; not null
	 * @param zone the caller's zone; null if zones don't matter
	 * @param now the time in nanoseconds
	 */
	static Pool of(List<Candidate> members, Ejections ejections, @Nullable String zone, long now) {
		List<Candidate> ejected = members.stream()
			.filter((member) -> ejections.out().containsKey(member.key()))
			.distinct()
			.toList();
		List<Candidate> healthy = without(members, (member) -> ejections.out().containsKey(member.key()));
		List<Candidate> callable = healthy.isEmpty() ? members : healthy;
		long untilTrial = ejected.stream()
			.map((candidate) -> Objects.requireNonNull(ejections.out().get(candidate.key())))
			.mapToLong(Out::due)
			.map((due) -> due - now)
			.min()
			.orElse(0);
		return new Pool(members, callable, zones(callable, zone), ejected, now + untilTrial);
	}

	private static List<Zone> zones(List<Candidate> callable, @Nullable String own) {
		if (own == null) {
			return List.of(new Zone(array(callable), 1));
		}
		Map<String, List<Candidate>> byZone = callable.stream().collect(Collectors.groupingBy(Pool::zone));
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
	 * An ejected instance that is to be tried now; null if there is none, as nearly
	 * always.
	 * @param statistics grants the trial; not null
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
	 * Counts who was chosen.
	 */
	AtomicInteger turn() {
		return this.turn;
	}

	/**
	 * Among whom a request is balanced: those of one zone.
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
	 * Among whom a request is balanced that has been tried before: the untried of one
	 * zone, else of all, else of the ejected; everybody if all have been tried.
	 * @param tried the tried; not null
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
