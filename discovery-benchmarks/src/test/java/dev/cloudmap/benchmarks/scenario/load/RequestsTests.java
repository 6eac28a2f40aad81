package dev.cloudmap.benchmarks.scenario.load;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.cloudmap.benchmarks.scenario.ComparedResult;
import dev.cloudmap.benchmarks.scenario.ResultTable;
import dev.cloudmap.benchmarks.scenario.ScenarioResult;

import static org.assertj.core.api.Assertions.assertThat;

class RequestsTests {

	/** Requests scheduled at 1 s and answered after 1 ms to 1,000 ms. */
	private final Requests thousand = new Requests(IntStream.rangeClosed(1, 1000)
		.mapToObj((millis) -> new Request(Duration.ofSeconds(1), Duration.ofMillis(millis), "one", null))
		.toList());

	@Test
	void latencyReturnsQuantiles() {
		assertThat(this.thousand.latency(0)).isEqualTo(Duration.ofMillis(1));
		assertThat(this.thousand.latency(0.5)).isEqualTo(Duration.ofMillis(500));
		assertThat(this.thousand.latency(0.999)).isEqualTo(Duration.ofMillis(999));
		assertThat(this.thousand.latency(1)).isEqualTo(Duration.ofSeconds(1));
		assertThat(new Requests(List.of()).latency(0.99)).isZero();
	}

	@Test
	void requestEndsOneLatencyAfterItsScheduledStart() {
		assertThat(this.thousand.firstEnd()).contains(Duration.ofMillis(1001));
		assertThat(this.thousand.lastEnd()).contains(Duration.ofSeconds(2));
		assertThat(this.thousand.endedAfter(Duration.ofMillis(1990)).all()).hasSize(10);
	}

	@Test
	void selectsByInstanceAndByEnd() {
		Requests requests = new Requests(List.of(new Request(Duration.ZERO, Duration.ofMillis(5), "one", null),
				new Request(Duration.ZERO, Duration.ofMillis(7), null, "500 broken"),
				new Request(Duration.ZERO, Duration.ofMillis(9), "two", null)));
		assertThat(requests.instances()).containsExactlyInAnyOrder("one", "two");
		assertThat(requests.failed().instances()).isEmpty();
		assertThat(requests.endedBefore(Duration.ofMillis(7)).instances()).containsExactly("one");
	}

	@Test
	void failedRequestsAreNotSlow() {
		Requests requests = new Requests(List.of(new Request(Duration.ZERO, Duration.ofSeconds(1), "one", null),
				new Request(Duration.ZERO, Duration.ofMillis(1001), "one", null),
				new Request(Duration.ZERO, Duration.ofSeconds(5), null, "timed out")));
		ComparedResult result = new ComparedResult("plain", new ScenarioResult("SIGSTOP", requests, Map.of()), "");
		assertThat(result.slow().all()).containsExactly(requests.all().get(1));
		assertThat(result.with("remarkable").row())
			.isEqualTo("| SIGSTOP | plain | 3 | 1 | 1 | 1001 ms | 5000 ms | 5000 ms | remarkable |\n");
	}

	@Test
	void tableHasARowForEachScenario() {
		Map<String, Duration> measurements = new LinkedHashMap<>();
		measurements.put("ready after", Duration.ofMillis(2500));
		measurements.put("serves after", Duration.ofSeconds(3));
		Requests failed = new Requests(List.of(new Request(Duration.ZERO, Duration.ofMillis(7), null, "500 broken")));
		assertThat(new ResultTable(List.of(new ScenarioResult("a worker starts", this.thousand, measurements),
				new ScenarioResult("SIGKILL", failed, Map.of()))))
			.hasToString(
					"""
							| scenario | requests | failed | p50 | p99 | p99.9 | slowest | |
							|---|---|---|---|---|---|---|---|
							| a worker starts | 1000 | 0 | 500 ms | 990 ms | 999 ms | 1000 ms | ready after 2.5 s, serves after 3.0 s |
							| SIGKILL | 1 | 1 | 7 ms | 7 ms | 7 ms | 7 ms |  |
							""");
	}

	@Test
	void selectsByScheduledStart() {
		List<Request> all = List.of(scheduledAt(0), scheduledAt(10), scheduledAt(20), scheduledAt(30));
		assertThat(new Requests(all).scheduledBetween(Duration.ofMillis(10), Duration.ofMillis(30)).all())
			.containsExactly(all.get(1), all.get(2));
	}

	private static Request scheduledAt(int millis) {
		return new Request(Duration.ofMillis(millis), Duration.ofSeconds(1), null, null);
	}

}
