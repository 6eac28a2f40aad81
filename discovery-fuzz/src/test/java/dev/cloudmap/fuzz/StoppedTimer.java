package dev.cloudmap.fuzz;

import java.time.Duration;
import java.time.Instant;

import dev.cloudmap.discovery.thread.Timer;

/**
 * A timer with a fixed time that never runs its tasks.
 */
public final class StoppedTimer implements Timer {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	@Override
	public Instant now() {
		return NOW;
	}

	@Override
	public Instant steady() {
		return NOW;
	}

	@Override
	public Scheduled schedule(Runnable task, Duration delay) {
		return () -> {
		};
	}

}
