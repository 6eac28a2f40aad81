package dev.cloudmap.registry.api;

import java.time.Duration;

/**
 * What watchers may take, and what they are given when nothing happens.
 *
 * @param watchers how many there may be at a time; those beyond are refused, so that
 * connections are left for requests
 * @param services of how many services of a namespace the last change is remembered
 * @param comments the time from one comment to the next, which shows a client that its
 * stream lives and keeps the connection from being idle
 */
record WatchLimits(int watchers, int services, Duration comments) {

	static final WatchLimits DEFAULT = new WatchLimits(256, 4096, Duration.ofSeconds(15));

}
