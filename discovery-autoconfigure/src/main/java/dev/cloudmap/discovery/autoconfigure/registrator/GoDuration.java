package dev.cloudmap.discovery.autoconfigure.registrator;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Durations in the format of Go's {@code time.ParseDuration}, which Consul uses, such as
 * {@code 1m30s}.
 */
final class GoDuration {

	private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(h|ms|m|s)");

	private static final Duration LONGEST = Duration.ofDays(365);

	private GoDuration() {
	}

	private static BigDecimal nanos(String unit) {
		Duration duration = switch (unit) {
			case "h" -> Duration.ofHours(1);
			case "m" -> Duration.ofMinutes(1);
			case "s" -> Duration.ofSeconds(1);
			default -> Duration.ofMillis(1);
		};
		return BigDecimal.valueOf(duration.toNanos());
	}

	/**
	 * Parses a duration.
	 * @param text the duration in hours, minutes, seconds and milliseconds
	 * @return the duration; null if it is none, or longer than a year
	 */
	static @Nullable Duration parse(String text) {
		Matcher part = PART.matcher(text);
		BigDecimal sum = BigDecimal.ZERO;
		int end = 0;
		while (end < text.length()) {
			if (!part.find(end) || part.start() != end) {
				return null;
			}
			sum = sum.add(new BigDecimal(part.group(1)).multiply(nanos(part.group(2))));
			end = part.end();
		}
		return (end == 0 || sum.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0) ? null
				: Duration.ofNanos(sum.longValue());
	}

}
