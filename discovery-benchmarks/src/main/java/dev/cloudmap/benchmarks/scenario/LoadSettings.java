package dev.cloudmap.benchmarks.scenario;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A steady load.
 *
 * @param target what is requested; never null
 * @param perSecond how often
 * @param timeout how long to wait for each answer; never null
 * @param instance finds the id of the instance that answered, as its first group, in the
 * answer; never null
 */
public record LoadSettings(URI target, int perSecond, Duration timeout, Pattern instance) {
}
