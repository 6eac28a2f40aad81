package dev.cloudmap.discovery.catalog.entry;

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
 * Holds instances that disappear together in large numbers, as after a restart of a
 * registry that lost its data. They are held until a lookup after {@link #CONFIRMATION}
 * still does not find them, or until as many new instances have replaced them. Immutable.
 *
 * @param known the ids of the instances before the loss
 * @param held the monotonic time until which each instance is held, {@link Instant#MAX}
 * while lookups fail
 */
public record MassLossGuard(Set<String> known, Map<Instance, Instant> held) {

	/** Nothing is held. */
	static final MassLossGuard NONE = new MassLossGuard(Set.of(), Map.of());

	/**
	 * How long a lost instance is held. Applications renew their leases at least every
	 * five seconds, so all of them can register again with an empty registry in this
	 * time.
	 */
	static final Duration CONFIRMATION = Duration.ofSeconds(10);

	/** With fewer instances, only the loss of all of them is suspicious. */
	static final int MANY = 5;

	/**
	 * Returns the guard after a successful lookup.
	 * @param shown the instances so far, including held ones
	 * @param found the instances that the lookup found
	 * @param now the monotonic time
	 */
	MassLossGuard next(List<Instance> shown, List<Instance> found, Instant now) {
		Set<String> foundIds = ids(found);
		Set<String> shownIds = ids(shown);
		List<Instance> before = shown.stream().filter((instance) -> !this.held.containsKey(instance)).toList();
		List<Instance> lost = before.stream().filter((instance) -> !foundIds.contains(instance.id())).toList();
		Map<Instance, Instant> held = new LinkedHashMap<>();
		this.held.forEach((instance, until) -> {
			// later only after a failed lookup
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
	 * Returns the guard after a failed lookup: the time to register again starts when the
	 * registry is available.
	 */
	MassLossGuard afterFailure() {
		return this.held.isEmpty() ? this : new MassLossGuard(this.known,
				this.held.keySet().stream().collect(Collectors.toUnmodifiableMap((key) -> key, (key) -> Instant.MAX)));
	}

	/**
	 * Adds the held instances to the result of a lookup.
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
	 * When the first held instance needs another lookup; null if none is held.
	 */
	public @Nullable Instant end() {
		return this.held.values().stream().min(Instant::compareTo).orElse(null);
	}

	private static Set<String> ids(List<Instance> instances) {
		return instances.stream().map(Instance::id).collect(Collectors.toUnmodifiableSet());
	}

}
