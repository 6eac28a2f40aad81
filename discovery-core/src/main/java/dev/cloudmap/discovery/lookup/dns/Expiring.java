package dev.cloudmap.discovery.lookup.dns;

import java.time.Instant;

/**
 * A value with an expiry.
 *
 * @param value the value
 * @param until when the value expires
 */
record Expiring<T>(T value, Instant until) {
}
