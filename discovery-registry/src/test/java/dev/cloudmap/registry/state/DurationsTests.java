package dev.cloudmap.registry.state;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Durations as people write them.
 */
class DurationsTests {

	@ParameterizedTest
	@CsvSource({ "500ms,PT0.5S", "0s,PT0S", "30s,PT30S", "2m,PT2M", "1h,PT1H", "PT1M30S,PT1M30S" })
	void parses(String text, Duration expected) {
		assertThat(Durations.parse(text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "30", "s", "-1s", "1 s", "1d", "PT-1S", "soon", "99999999999s" })
	void refusesAnythingElse(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text))
			.withMessageContaining("'" + text + "'");
	}

}
