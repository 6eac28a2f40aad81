package dev.cloudmap.registry.state;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them.
 */
public final class Durations {

	private static final Pattern SIMPLE = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

	private static final int NANOS_PER_MILLI = 1_000_000;

	private Durations() {
	}

	/**
	 * Writes a duration so that {@link #parse(String)} reads the same again.
	 * @param duration a duration of at most some years, not negative
	 * @return a number and the largest unit that leaves no rest, or the form of ISO 8601
	 */
	public static String format(Duration duration) {
		if (duration.toNanosPart() % NANOS_PER_MILLI != 0) {
			return duration.toString();
		}
		if (duration.toMillisPart() != 0) {
			return duration.toMillis() + "ms";
		}
		if (duration.isZero() || duration.toSecondsPart() != 0) {
			return duration.toSeconds() + "s";
		}
		return (duration.toMinutesPart() != 0) ? duration.toMinutes() + "m" : duration.toHours() + "h";
	}

	/**
	 * Parses a duration.
	 * @param text a number and its unit, such as {@code 500ms}, {@code 30s} or
	 * {@code 2m}, or the form of ISO 8601
	 * @return the duration, not negative
	 * @throws IllegalArgumentException when it is neither
	 */
	public static Duration parse(String text) {
		Matcher matcher = SIMPLE.matcher(text);
		if (matcher.matches()) {
			long amount = Long.parseLong(matcher.group(1));
			return switch (matcher.group(2)) {
				case "ms" -> Duration.ofMillis(amount);
				case "s" -> Duration.ofSeconds(amount);
				case "m" -> Duration.ofMinutes(amount);
				default -> Duration.ofHours(amount);
			};
		}
		try {
			Duration duration = Duration.parse(text);
			if (!duration.isNegative()) {
				return duration;
			}
		}
		catch (DateTimeParseException ex) {
			// Falls through to the refusal.
		}
		throw new IllegalArgumentException(
				"'%s' is no duration: write a number with its unit, such as 500ms, 30s or 2m.".formatted(text));
	}

}
