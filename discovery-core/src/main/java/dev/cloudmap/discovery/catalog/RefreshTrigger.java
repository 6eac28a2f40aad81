package dev.cloudmap.discovery.catalog;

import java.time.Duration;

/**
 * Why a service is looked up.
 */
enum RefreshTrigger {

	/** It is time. */
	TIME(Duration.ZERO),

	/** A change was told: a burst of changes costs few look-ups. */
	CHANGE(Duration.ofMillis(20)),

	/** The API answered with attributes that the last lookup did not wait for. */
	ATTRIBUTES(Duration.ZERO),

	/**
	 * The set of services may have changed: a deployment, which makes several changes,
	 * costs few lists.
	 */
	SERVICES(Duration.ofMillis(200)),

	/**
	 * An instance could not be reached: while it can't, every request would ask for a
	 * look-up.
	 */
	SUSPICION(Duration.ofSeconds(1));

	private final Duration apart;

	RefreshTrigger(Duration apart) {
		this.apart = apart;
	}

	/**
	 * How long after the beginning of one look-up the next may begin.
	 */
	Duration apart() {
		return this.apart;
	}

}
