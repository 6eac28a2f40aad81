package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.time.Instant;

/**
 * An instance that this application does not call for a while, because its calls failed.
 *
 * @param instance which one, as its id and URI; never null
 * @param reason why; never null
 * @param since since when; never null
 * @param duration for how long, after which one call tries it; never null
 * @param times how many ejections there were in a row, with this one
 */
public record Ejection(String instance, String reason, Instant since, Duration duration, int times) {
}
