package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * The result of a scenario for one of several callers.
 *
 * @param caller the name of the caller
 * @param result the result
 * @param remark additional measurements
 */
public record ComparedResult(String caller, ScenarioResult result, String remark) {

	private static final Duration SLOW = Duration.ofSeconds(1);

	/**
	 * Returns a copy of this result with a remark.
	 */
	public ComparedResult with(String remark) {
		return new ComparedResult(this.caller, this.result, remark);
	}

	/**
	 * Returns all requests.
	 */
	public Requests requests() {
		return this.result.requests();
	}

	/**
	 * Returns the requests that were answered after more than a second.
	 */
	public Requests slow() {
		return new Requests(this.result.requests()
			.all()
			.stream()
			.filter((request) -> !request.isFailed() && request.latency().compareTo(SLOW) > 0)
			.toList());
	}

	/**
	 * Returns a row of the table with {@link #HEAD}.
	 */
	public String row() {
		Requests requests = this.result.requests();
		return "| %s | %s | %d | %d | %d | %s | %s | %s | %s |\n".formatted(this.result.name(), this.caller,
				requests.count(), requests.failed().count(), slow().count(), millis(requests.latency(0.5)),
				millis(requests.latency(0.99)), millis(requests.latency(1)), this.remark);
	}

	/**
	 * The header of a Markdown table of such results.
	 */
	static final String HEAD = """
			| scenario | caller | requests | failed | answered after over 1 s | p50 | p99 | slowest | |
			|---|---|---|---|---|---|---|---|---|
			""";

	private static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

}
