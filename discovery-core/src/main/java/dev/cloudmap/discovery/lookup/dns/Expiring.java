package dev.cloudmap.discovery.lookup.dns;

import java.time.Instant;

/**
 * What was found, and until when it holds.
 *
 * @param value what was found
 * @param until until when it holds
 */
record Expiring<T>(T value, Instant until) {
}
