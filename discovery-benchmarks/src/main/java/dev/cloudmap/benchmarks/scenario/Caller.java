package dev.cloudmap.benchmarks.scenario;

import java.util.List;

import dev.cloudmap.benchmarks.scenario.process.Addition;

/**
 * A backend with one of several configurations for calls to the workers.
 *
 * @param name the name of the backend and its instance id
 * @param options the properties of the backend, as {@code --name=value}
 * @param addition additional classes of the backend
 * @param perSecond the number of requests per second to the backend
 */
public record Caller(String name, List<String> options, Addition addition, int perSecond) {

	private static final int PER_SECOND = 200;

	public Caller {
		options = List.copyOf(options);
	}

	/**
	 * Returns a caller with the starter's defaults but without retries, so that every
	 * failure is visible.
	 */
	static Caller tryingNothingAgain(String name) {
		return new Caller(name, List.of("--discovery.load-balancer.retry.enabled=false"), Addition.NONE, PER_SECOND);
	}

}
