package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTests {

	@Test
	void doublesUpToThirtySeconds() {
		assertThat(Stream.iterate(Backoff.first(), Backoff::next).limit(8).map((backoff) -> backoff.base().toSeconds()))
			.containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
	}

	@RepeatedTest(100)
	void jitterIsAtMostTenPercent() {
		assertThat(Backoff.first().delay()).isBetween(Duration.ofMillis(900), Duration.ofMillis(1100));
	}

	@RepeatedTest(100)
	void onlyLengthensAMinimumDelay() {
		assertThat(Backoff.lengthened(Duration.ofSeconds(1))).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1100));
	}

}
