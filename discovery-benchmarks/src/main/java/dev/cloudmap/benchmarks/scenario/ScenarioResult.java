package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * The result of a scenario.
 *
 * @param name the name of the scenario
 * @param requests all requests of its load
 * @param measurements additional measurements, in the order of measurement
 */
public record ScenarioResult(String name, Requests requests, Map<String, Duration> measurements) {

	public ScenarioResult {
		measurements = Collections.unmodifiableMap(new LinkedHashMap<>(measurements));
	}

}
