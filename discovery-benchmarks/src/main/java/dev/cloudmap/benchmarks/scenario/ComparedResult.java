package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

/**
 * What one of several callers has seen of a scenario.
 *
 * @param caller its name; never null
 * @param result what it has seen; never null
 * @param remark what was measured beside; never null
 */
public record ComparedResult(String caller, ScenarioResult result, String remark) {

	private static final Duration SLOW = Duration.ofSeconds(1);

	/**
	 * The same with a remark.
	 */
	ComparedResult with(String remark) {
		return new ComparedResult(this.caller, this.result, remark);
	}

	/**
	 * All requests.
	 */
	public Requests requests() {
		return this.result.requests();
	}

	/**
	 * The requests that were answered after more than a second.
	 */
	public Requests slow() {
		return new Requests(this.result.requests()
			.all()
			.stream()
			.filter((request) -> !request.isFailed() && request.latency().compareTo(SLOW) > 0)
			.toList());
	}

	/**
	 * A row of {@link #HEAD}'s table.
	 */
	String row() {
		Requests requests = this.result.requests();
		return "| %s | %s | %d | %d | %d | %s | %s | %s | %s |\n".formatted(this.result.name(), this.caller,
				requests.count(), requests.failed().count(), slow().count(), millis(requests.latency(0.5)),
				millis(requests.latency(0.99)), millis(requests.latency(1)), this.remark);
	}

	/**
	 * The head of a Markdown table of such results.
	 */
	static final String HEAD = """
			| scenario | caller | requests | failed | answered after over 1 s | p50 | p99 | slowest | |
			|---|---|---|---|---|---|---|---|---|
			""";

	private static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

}
