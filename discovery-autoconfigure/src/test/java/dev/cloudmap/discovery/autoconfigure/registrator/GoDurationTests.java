package dev.cloudmap.discovery.autoconfigure.registrator;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GoDurationTests {

	@ParameterizedTest
	@CsvSource({ "30s,30000", "1m30s,90000", "1.5h,5400000", "500ms,500", "2h0m1s,7201000", "0s,0" })
	void parses(String text, long milliseconds) {
		assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofMillis(milliseconds));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "30", "s", "-1s", "30 s", "30s!", "PT30S", "1d", ".5s", "1m30", "9999999999s", "9000h" })
	void rejectsOthers(String text) {
		assertThat(GoDuration.parse(text)).isNull();
	}

}
