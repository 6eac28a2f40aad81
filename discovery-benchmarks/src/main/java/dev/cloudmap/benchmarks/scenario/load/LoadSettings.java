package dev.cloudmap.benchmarks.scenario.load;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The settings of a steady load.
 *
 * @param target the URI of the requests
 * @param perSecond the number of requests per second
 * @param timeout the timeout of a request
 * @param instance the pattern of an answer; its first group is the id of the instance
 * that answered
 */
public record LoadSettings(URI target, int perSecond, Duration timeout, Pattern instance) {
}
