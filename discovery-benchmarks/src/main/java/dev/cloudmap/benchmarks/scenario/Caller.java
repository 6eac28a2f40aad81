package dev.cloudmap.benchmarks.scenario;

import java.util.List;

/**
 * A backend, as one of several ways to call the workers.
 *
 * @param name its name, which is also the id that it is registered with; never null
 * @param options its properties, as {@code --name=value}; never null
 * @param addition what else is in it; never null
 * @param perSecond how many requests it gets
 */
public record Caller(String name, List<String> options, Addition addition, int perSecond) {

	private static final int PER_SECOND = 200;

	public Caller {
		options = List.copyOf(options);
	}

	/**
	 * The starter as it comes, but that every failure is seen.
	 */
	static Caller tryingNothingAgain(String name) {
		return new Caller(name, List.of("--discovery.load-balancer.retry.enabled=false"), Addition.NONE, PER_SECOND);
	}

}
