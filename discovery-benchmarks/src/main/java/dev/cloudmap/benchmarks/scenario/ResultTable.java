package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * Results as a Markdown table.
 *
 * @param results the results; one row each
 */
public record ResultTable(List<ScenarioResult> results) {

	public ResultTable {
		results = List.copyOf(results);
	}

	@Override
	public String toString() {
		return """
				| scenario | requests | failed | p50 | p99 | p99.9 | slowest | |
				|---|---|---|---|---|---|---|---|
				""" + this.results.stream().map(ResultTable::row).collect(Collectors.joining());
	}

	private static String row(ScenarioResult result) {
		Requests requests = result.requests();
		String measurements = result.measurements()
			.entrySet()
			.stream()
			.map((measurement) -> measurement.getKey() + " " + seconds(measurement.getValue()))
			.collect(Collectors.joining(", "));
		return "| %s | %d | %d | %s | %s | %s | %s | %s |\n".formatted(result.name(), requests.count(),
				requests.failed().count(), millis(requests.latency(0.5)), millis(requests.latency(0.99)),
				millis(requests.latency(0.999)), millis(requests.latency(1)), measurements);
	}

	private static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

	private static String seconds(Duration duration) {
		return "%.1f s".formatted(duration.toMillis() / 1e3);
	}

}
