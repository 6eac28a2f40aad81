package dev.cloudmap.discovery.catalog;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * How the catalog keeps itself fresh.
 *
 * @param timeout how long a look-up may take, and so how long a first caller waits; never
 * null
 * @param refresh how often a service is looked up; never null
 * @param idle after which time without a caller a service is looked up no more; never
 * null
 */
public record CatalogSettings(Duration timeout, Duration refresh, Duration idle) {

	/** The shortest time between two look-ups of a service, and for one of them. */
	static final Duration SHORTEST = Duration.ofMillis(50);

	/**
	 * How long look-ups have to find nothing before a list that had members is believed
	 * to be empty: long enough for every application to register again with a registry
	 * that was restarted.
	 */
	static final Duration EMPTY_GRACE = Duration.ofSeconds(15);

	/**
	 * Validates the durations.
	 * @throws DiscoveryException if one is too short
	 */
	public CatalogSettings {
		require("discovery.lookup.timeout", timeout);
		require("discovery.lookup.refresh", refresh);
		require("discovery.lookup.idle", idle);
	}

	private static void require(String property, Duration duration) {
		if (duration.compareTo(SHORTEST) < 0) {
			throw new DiscoveryException(
					property + " is " + duration.toMillis() + "ms: expected " + SHORTEST.toMillis() + "ms or more",
					"Correct " + property, null);
		}
	}

}
