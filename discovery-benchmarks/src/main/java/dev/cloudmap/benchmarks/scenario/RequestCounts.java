package dev.cloudmap.benchmarks.scenario;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import dev.cloudmap.benchmarks.scenario.process.Http;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

/**
 * Reads the number of requests that a worker has received, by caller.
 */
final class RequestCounts {

	private static final Pattern COUNT = Pattern.compile("\"([^\"]+)\"\\s*:\\s*(\\d+)");

	private RequestCounts() {
	}

	static Map<String, Long> of(SampleProcess worker) {
		Map<String, Long> counts = new LinkedHashMap<>();
		COUNT.matcher(Http.get(worker.uri("/faults/requests")))
			.results()
			.forEach((count) -> counts.put(count.group(1), Long.valueOf(count.group(2))));
		return counts;
	}

}
