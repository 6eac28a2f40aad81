package dev.cloudmap.benchmarks.scenario.load;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A request of a load and its result.
 *
 * @param start the scheduled start, relative to the start of the load
 * @param latency the time from the scheduled start until the answer or failure
 * @param instance the id of the instance that answered; null if none did
 * @param failure the failure; null for an answer with status 200
 */
public record Request(Duration start, Duration latency, @Nullable String instance, @Nullable String failure) {

	/**
	 * Returns the time of the answer or failure, relative to the start of the load.
	 */
	public Duration end() {
		return this.start.plus(this.latency);
	}

	public boolean isFailed() {
		return this.failure != null;
	}

	@Override
	public String toString() {
		return "at %.3f s, after %d ms: %s".formatted(this.start.toMillis() / 1e3, this.latency.toMillis(),
				(this.failure != null) ? this.failure : "answered by " + this.instance);
	}

}
