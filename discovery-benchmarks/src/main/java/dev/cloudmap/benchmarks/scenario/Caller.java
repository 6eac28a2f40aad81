package dev.cloudmap.benchmarks.scenario;

import java.util.List;

import dev.cloudmap.benchmarks.scenario.process.ExtraClasses;

/**
 * A backend with one of several configurations for calls to the workers.
 *
 * @param name the name of the backend and its instance id
 * @param options the properties of the backend, as {@code --name=value}
 * @param extraClasses additional classes of the backend
 * @param perSecond the number of requests per second to the backend
 */
public record Caller(String name, List<String> options, ExtraClasses extraClasses, int perSecond) {

	private static final int PER_SECOND = 200;

	public Caller {
		options = List.copyOf(options);
	}

	/**
	 * Returns a caller with the starter's defaults but without retries, so that the load
	 * observes every failure.
	 */
	static Caller withoutRetries(String name) {
		return new Caller(name, List.of("--discovery.load-balancer.retry.enabled=false"), ExtraClasses.NONE,
				PER_SECOND);
	}

}
