package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.LoadSettings;
import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * Loads on several clients at the same time.
 */
final class ClientLoads implements AutoCloseable {

	private final Map<CallingClient, Load> loads = new EnumMap<>(CallingClient.class);

	/**
	 * Starts the loads.
	 */
	ClientLoads(Map<CallingClient, LoadSettings> settings) {
		settings.forEach((client, load) -> this.loads.put(client, Load.start(load)));
	}

	/**
	 * Returns whether a condition is true for all loads.
	 */
	boolean allMatch(Predicate<Load> condition) {
		return this.loads.values().stream().allMatch(condition);
	}

	/**
	 * Waits while the loads continue.
	 */
	void waitFor(Duration duration) {
		long begin = System.nanoTime();
		Fleet.await("the end of " + duration, () -> System.nanoTime() - begin >= duration.toNanos());
	}

	/**
	 * Returns the time of each load, the time base of its requests.
	 */
	Map<CallingClient, Duration> now() {
		Map<CallingClient, Duration> now = new EnumMap<>(CallingClient.class);
		this.loads.forEach((client, load) -> now.put(client, load.now()));
		return now;
	}

	/**
	 * Stops the loads.
	 * @param begin the earliest scheduled start of the returned requests
	 */
	Map<CallingClient, Requests> stop(Map<CallingClient, Duration> begin) {
		Map<CallingClient, Requests> requests = new EnumMap<>(CallingClient.class);
		this.loads.forEach((client, load) -> {
			Requests all = load.stop();
			requests.put(client, all.scheduledBetween(begin.get(client), load.now()));
		});
		return requests;
	}

	@Override
	public void close() {
		this.loads.values().forEach(Load::close);
	}

}
