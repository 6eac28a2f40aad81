package dev.cloudmap.discovery.catalog;

import java.time.Duration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Durations;

/**
 * How the catalog keeps itself fresh.
 *
 * @param timeout how long a look-up may take, and so how long a first caller waits; never
 * null
 * @param refresh how often a service is looked up, unless what was found is said to hold
 * for less; never null
 * @param idle after which time without a caller a service is looked up no more; never
 * null
 */
public record CatalogSettings(Duration timeout, Duration refresh, Duration idle) {

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
		Durations.requireLongEnough("discovery.lookup.timeout", timeout);
		Durations.requireLongEnough("discovery.lookup.refresh", refresh);
		Durations.requireLongEnough("discovery.lookup.idle", idle);
	}

}
