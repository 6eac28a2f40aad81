package dev.cloudmap.discovery.catalog;

import java.time.Duration;

/**
 * The reason of a lookup.
 */
enum RefreshTrigger {

	/** The refresh interval has passed. */
	TIME(Duration.ZERO),

	/** A change was notified. The interval merges bursts of changes. */
	CHANGE(Duration.ofMillis(20)),

	/** The API returned attributes after the last lookup had stopped waiting for them. */
	ATTRIBUTES(Duration.ZERO),

	/**
	 * The set of services may have changed. The interval merges the changes of a
	 * deployment.
	 */
	SERVICES(Duration.ofMillis(200)),

	/**
	 * A request could not connect to an instance. The interval limits the lookups while
	 * it is unreachable.
	 */
	SUSPICION(Duration.ofSeconds(1));

	private final Duration minInterval;

	RefreshTrigger(Duration minInterval) {
		this.minInterval = minInterval;
	}

	/**
	 * The minimum time between the starts of two lookups.
	 */
	Duration minInterval() {
		return this.minInterval;
	}

}
