package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestsTests {

	/** Due at 1 s, and answered after 1 ms to 1,000 ms. */
	private final Requests thousand = new Requests(IntStream.rangeClosed(1, 1000)
		.mapToObj((millis) -> new Request(Duration.ofSeconds(1), Duration.ofMillis(millis), "one", null))
		.toList());

	@Test
	void latencyIsWhatAPartDidNotExceed() {
		assertThat(this.thousand.latency(0)).isEqualTo(Duration.ofMillis(1));
		assertThat(this.thousand.latency(0.5)).isEqualTo(Duration.ofMillis(500));
		assertThat(this.thousand.latency(0.999)).isEqualTo(Duration.ofMillis(999));
		assertThat(this.thousand.latency(1)).isEqualTo(Duration.ofSeconds(1));
		assertThat(new Requests(List.of()).latency(0.99)).isZero();
	}

	@Test
	void aRequestEndsItsLatencyAfterItWasDue() {
		assertThat(this.thousand.firstEnd()).contains(Duration.ofMillis(1001));
		assertThat(this.thousand.lastEnd()).contains(Duration.ofSeconds(2));
		assertThat(this.thousand.endedAfter(Duration.ofMillis(1990)).all()).hasSize(10);
	}

	@Test
	void theTableHasARowForEachScenario() {
		Map<String, Duration> figures = new LinkedHashMap<>();
		figures.put("ready after", Duration.ofMillis(2500));
		figures.put("serves after", Duration.ofSeconds(3));
		Requests failed = new Requests(List.of(new Request(Duration.ZERO, Duration.ofMillis(7), null, "500 broken")));
		assertThat(new ResultTable(List.of(new ScenarioResult("a worker starts", this.thousand, figures),
				new ScenarioResult("SIGKILL", failed, Map.of()))))
			.hasToString(
					"""
							| scenario | requests | failed | p50 | p99 | p99.9 | slowest | |
							|---|---|---|---|---|---|---|---|
							| a worker starts | 1000 | 0 | 500 ms | 990 ms | 999 ms | 1000 ms | ready after 2.5 s, serves after 3.0 s |
							| SIGKILL | 1 | 1 | 7 ms | 7 ms | 7 ms | 7 ms |  |
							""");
	}

}
