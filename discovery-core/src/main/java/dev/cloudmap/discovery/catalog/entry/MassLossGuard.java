package dev.cloudmap.discovery.catalog.entry;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Holds instances, or services, that disappear together in large numbers, as after a
 * restart of a registry that lost its data. They are held until a lookup after
 * {@link #CONFIRMATION} still does not find them, or until as many new instances have
 * replaced them. Immutable.
 *
 * @param <T> the type of what is held
 * @param known the ids of the instances before the loss
 * @param held the monotonic time until which each instance is held, {@link Instant#MAX}
 * while lookups fail
 */
public record MassLossGuard<T>(Set<String> known, Map<T, Instant> held) {

	private static final MassLossGuard<?> NONE = new MassLossGuard<>(Set.of(), Map.of());

	/**
	 * How long a lost instance is held. Applications renew their leases at least every
	 * five seconds, so all of them can register again with an empty registry in this
	 * time.
	 */
	static final Duration CONFIRMATION = Duration.ofSeconds(10);

	/** With fewer instances, only the loss of all of them is suspicious. */
	static final int MANY = 5;

	/**
	 * Returns a guard that holds nothing.
	 */
	@SuppressWarnings("unchecked")
	public static <T> MassLossGuard<T> none() {
		return (MassLossGuard<T>) NONE;
	}

	/**
	 * Returns the guard after a successful lookup.
	 * @param id returns the id of an instance
	 * @param shown the instances so far, including held ones
	 * @param found the instances that the lookup found
	 * @param now the monotonic time
	 */
	public MassLossGuard<T> next(Function<T, String> id, List<T> shown, List<T> found, Instant now) {
		Set<String> foundIds = found.stream().map(id).collect(Collectors.toSet());
		Set<String> shownIds = shown.stream().map(id).collect(Collectors.toSet());
		List<T> before = shown.stream().filter((instance) -> !this.held.containsKey(instance)).toList();
		List<T> lost = before.stream().filter((instance) -> !foundIds.contains(id.apply(instance))).toList();
		Map<T, Instant> held = new LinkedHashMap<>();
		Instant latest = now.plus(CONFIRMATION);
		this.held.forEach((instance, until) -> {
			// later only after a failed lookup
			Instant end = until.isAfter(latest) ? latest : until;
			if (!foundIds.contains(id.apply(instance)) && end.isAfter(now)) {
				held.put(instance, end);
			}
		});
		long arrived = foundIds.stream().filter((each) -> !shownIds.contains(each)).count();
		if (isMany(before.size(), lost.size() - arrived) || (found.isEmpty() && !before.isEmpty())) {
			lost.forEach((instance) -> held.put(instance, latest));
		}
		Set<String> known = this.held.isEmpty() ? shownIds : this.known;
		long replaced = foundIds.stream().filter((each) -> !known.contains(each)).count();
		return (replaced >= held.size()) ? none() : new MassLossGuard<>(known, Map.copyOf(held));
	}

	private static boolean isMany(int before, long fewer) {
		return before >= MANY && 2 * fewer > before;
	}

	/**
	 * Returns the guard after a failed lookup: the time to register again starts when the
	 * registry is available.
	 */
	public MassLossGuard<T> afterFailure() {
		return this.held.isEmpty() ? this : new MassLossGuard<>(this.known,
				this.held.keySet().stream().collect(Collectors.toUnmodifiableMap((key) -> key, (key) -> Instant.MAX)));
	}

	/**
	 * When the first held instance needs another lookup; null if none is held.
	 */
	public @Nullable Instant end() {
		return this.held.values().stream().min(Instant::compareTo).orElse(null);
	}

}
