package dev.cloudmap.registry.time;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Parsing and formatting of durations.
 */
class DurationFormatTests {

	@ParameterizedTest
	@CsvSource({ "500ms,PT0.5S", "0s,PT0S", "30s,PT30S", "2m,PT2M", "1h,PT1H", "PT1M30S,PT1M30S" })
	void parses(String text, Duration expected) {
		assertThat(DurationFormat.parse(text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "30", "s", "-1s", "1 s", "1d", "PT-1S", "soon", "99999999999s" })
	void rejectsInvalidDurations(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> DurationFormat.parse(text))
			.withMessageContaining("'" + text + "'");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "0s", "1ms", "999ms", "1500ms", "1s", "30s", "61s", "1m", "90m", "1h", "24h", "PT0.0001S" })
	void roundTrips(String text) {
		assertThat(DurationFormat.format(DurationFormat.parse(text))).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "120s,2m", "60000ms,1m", "PT24H,24h", "PT1M30S,90s", "1000ms,1s", "0m,0s" })
	void writesLargestExactUnit(String text, String written) {
		assertThat(DurationFormat.format(DurationFormat.parse(text))).isEqualTo(written);
	}

}
