package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;

/**
 * Instances that are gone from the registry, so many at once that the registry rather
 * than they may have failed: one that was restarted knows nobody. They are held until a
 * look-up after {@link #CONFIRMATION} still does not find them, or as many others have
 * taken their place. Immutable, and asks nobody.
 *
 * @param known the ids of those that were there when the guard began; never null
 * @param held until when each is held, {@link Instant#MAX} as long as look-ups fail;
 * never null
 */
record MassLossGuard(Set<String> known, Map<Instance, Instant> held) {

	/** Nothing is held. */
	static final MassLossGuard NONE = new MassLossGuard(Set.of(), Map.of());

	/**
	 * How long look-ups have to go without an instance before it is believed to be gone:
	 * long enough for every application to register again with a registry that came back
	 * empty, since they renew their leases every five seconds at least, however long
	 * these are.
	 */
	static final Duration CONFIRMATION = Duration.ofSeconds(10);

	/** With fewer instances, only the loss of all of them is doubted. */
	static final int MANY = 5;

	/**
	 * What to hold after a further look-up.
	 * @param shown what was shown until now: what the look-up before found, and what was
	 * held
	 * @param found what the look-up found
	 * @param now the time
	 */
	MassLossGuard next(List<Instance> shown, List<Instance> found, Instant now) {
		Set<String> foundIds = ids(found);
		Set<String> shownIds = ids(shown);
		List<Instance> before = shown.stream().filter((instance) -> !this.held.containsKey(instance)).toList();
		List<Instance> lost = before.stream().filter((instance) -> !foundIds.contains(instance.id())).toList();
		Map<Instance, Instant> held = new LinkedHashMap<>();
		this.held.forEach((instance, until) -> {
			// later only after a look-up that failed, or when the clock was set back
			Instant latest = now.plus(CONFIRMATION);
			Instant end = until.isAfter(latest) ? latest : until;
			if (!foundIds.contains(instance.id()) && end.isAfter(now)) {
				held.put(instance, end);
			}
		});
		long arrived = foundIds.stream().filter((id) -> !shownIds.contains(id)).count();
		if (isMany(before.size(), lost.size() - arrived) || (found.isEmpty() && !before.isEmpty())) {
			lost.forEach((instance) -> held.put(instance, now.plus(CONFIRMATION)));
		}
		Set<String> known = this.held.isEmpty() ? shownIds : this.known;
		long replaced = foundIds.stream().filter((id) -> !known.contains(id)).count();
		return (replaced >= held.size()) ? NONE : new MassLossGuard(known, Map.copyOf(held));
	}

	private static boolean isMany(int before, long fewer) {
		return before >= MANY && 2 * fewer > before;
	}

	/**
	 * The same after a look-up that failed: the time for everyone to register again
	 * begins when the registry can be asked again.
	 */
	MassLossGuard afterFailure() {
		return this.held.isEmpty() ? this : new MassLossGuard(this.known,
				this.held.keySet().stream().collect(Collectors.toUnmodifiableMap((key) -> key, (key) -> Instant.MAX)));
	}

	/**
	 * What to show: what was found and what is held.
	 */
	InstanceSet shown(InstanceSet found) {
		if (this.held.isEmpty()) {
			return found;
		}
		return new InstanceSet(found.service(),
				Stream.concat(found.instances().stream(), this.held.keySet().stream()).toList(), found.source(),
				found.validUntil(), found.unlocated());
	}

	/**
	 * When the first of those that are held is to be looked for again; null if nothing is
	 * held.
	 */
	@Nullable Instant end() {
		return this.held.values().stream().min(Instant::compareTo).orElse(null);
	}

	private static Set<String> ids(List<Instance> instances) {
		return instances.stream().map(Instance::id).collect(Collectors.toUnmodifiableSet());
	}

}
