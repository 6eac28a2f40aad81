package dev.cloudmap.sample.weather;

import java.time.Instant;
import java.time.LocalTime;

import org.junit.jupiter.api.Test;

import dev.cloudmap.sample.weather.Climate.Report;

import static org.assertj.core.api.Assertions.assertThat;

class ClimateTests {

	private static final Instant JANUARY = Instant.parse("2026-01-15T06:30:20Z");

	private static final Instant JULY = Instant.parse("2026-07-15T06:30:20Z");

	@Test
	void summerOfTheNorthIsWinterOfTheSouth() {
		assertThat(celsius("Reykjavik", JULY)).isGreaterThan(celsius("Reykjavik", JANUARY) + 10);
		assertThat(celsius("Sydney", JULY)).isLessThan(celsius("Sydney", JANUARY) - 5);
	}

	@Test
	void afternoonIsWarmerThanNight() {
		assertThat(celsius("Tokyo", JULY)).isGreaterThan(celsius("Tokyo", JULY.plusSeconds(12 * 3600)));
	}

	@Test
	void timeIsThatOfTheCity() {
		assertThat(report("Tokyo", JULY).localTime()).isEqualTo(LocalTime.of(15, 30));
	}

	@Test
	void reportsAFewCities() {
		assertThat(new Climate().reports(JULY)).hasSize(5).extracting(Report::sky).doesNotContain("");
	}

	private static long celsius(String city, Instant time) {
		return report(city, time).celsius();
	}

	private static Report report(String city, Instant time) {
		return new Climate().reports(time)
			.stream()
			.filter((report) -> report.city().equals(city))
			.findFirst()
			.orElseThrow();
	}

}
