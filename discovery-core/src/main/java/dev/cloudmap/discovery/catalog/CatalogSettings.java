package dev.cloudmap.discovery.catalog;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Durations;

/**
 * How the catalog keeps itself fresh.
 *
 * @param timeout how long a look-up may take, and so how long a first caller waits; never
 * null
 * @param refresh how often a service is looked up of whose changes nobody tells, unless
 * what was found is said to hold for less; never null
 * @param fullRefresh how often a service is looked up though somebody tells of its
 * changes, or though nobody has called it in the last minute, where what was found is not
 * said to hold for less; never null
 * @param idle after which time without a caller a service is looked up no more; never
 * null
 * @param maxStaleness for how long a list is kept that no look-up confirms; null for ever
 */
public record CatalogSettings(Duration timeout, Duration refresh, Duration fullRefresh, Duration idle,
		@Nullable Duration maxStaleness) {

	/**
	 * Validates the durations.
	 * @throws DiscoveryException if one is too short
	 */
	public CatalogSettings {
		Durations.requireLongEnough("discovery.lookup.timeout", timeout);
		Durations.requireLongEnough("discovery.lookup.refresh", refresh);
		Durations.requireLongEnough("discovery.lookup.full-refresh", fullRefresh);
		Durations.requireLongEnough("discovery.lookup.idle", idle);
		if (maxStaleness != null) {
			Durations.requireLongEnough("discovery.lookup.max-staleness", maxStaleness);
		}
	}

}
