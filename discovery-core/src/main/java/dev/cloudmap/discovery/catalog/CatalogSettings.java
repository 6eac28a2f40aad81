package dev.cloudmap.discovery.catalog;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Durations;

/**
 * Intervals and timeouts of the catalog.
 *
 * @param timeout timeout of a lookup, for which the first caller of a service waits
 * @param refresh refresh interval of a service without change notifications, unless its
 * TTL is shorter
 * @param fullRefresh refresh interval of a service with change notifications or without
 * calls in the last minute, unless its TTL is shorter
 * @param idle time without calls after which a service is no longer looked up
 * @param maxStaleness maximum age of a list that no lookup has confirmed; null for no
 * limit
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
