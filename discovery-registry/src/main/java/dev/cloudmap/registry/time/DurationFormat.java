package dev.cloudmap.registry.time;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses and formats durations such as {@code 500ms}, {@code 30s} and {@code 2m}.
 */
public final class DurationFormat {

	private static final Pattern SIMPLE = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

	private static final int NANOS_PER_MILLI = 1_000_000;

	private DurationFormat() {
	}

	/**
	 * Formats a duration. {@link #parse(String)} returns an equal duration.
	 * @param duration a duration, not negative
	 * @return a number and a unit, or the ISO 8601 format
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
	 * {@code 2m}, or the ISO 8601 format
	 * @return the duration, not negative
	 * @throws IllegalArgumentException if the text has neither format
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
			// Handled below.
		}
		throw new IllegalArgumentException(
				"'%s' is not a duration: write a number and a unit, such as 500ms, 30s or 2m.".formatted(text));
	}

}
