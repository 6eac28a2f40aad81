package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was seen of a scenario.
 *
 * @param name the scenario; never null
 * @param requests all requests of its load; never null
 * @param figures what was measured beside, in the order in which it was; never null
 */
public record ScenarioResult(String name, Requests requests, Map<String, Duration> figures) {

	public ScenarioResult {
		figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
	}

}
