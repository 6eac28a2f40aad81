package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A request of a load, and how it went.
 *
 * @param start when it was due, after the load's begin; never null
 * @param latency how long after that it was answered or given up; never null
 * @param instance the instance that answered; null if none did
 * @param failure what went wrong; null if it was answered 200
 */
public record Request(Duration start, Duration latency, @Nullable String instance, @Nullable String failure) {

	/**
	 * When it was answered or given up, after the load's begin.
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
