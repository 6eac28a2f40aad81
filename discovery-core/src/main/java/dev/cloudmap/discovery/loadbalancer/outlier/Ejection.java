package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.time.Instant;

/**
 * Describes an ejected instance.
 *
 * @param instance the id and URI of the instance
 * @param reason the reason
 * @param since the time of the ejection
 * @param duration the time after which one call tries the instance
 * @param times the number of ejections in a row, with this one
 */
public record Ejection(String instance, String reason, Instant since, Duration duration, int times) {
}
