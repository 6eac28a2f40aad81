package dev.cloudmap.discovery.catalog.entry;

import java.time.Instant;

/**
 * A failed lookup.
 *
 * @param time when it failed, by the wall clock
 * @param message the reason
 */
public record LookupError(Instant time, String message) {
}
