package dev.cloudmap.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.cloudmap.registry.time.Scheduler;

/**
 * A scheduler with a clock that only the test advances.
 */
public final class ManualScheduler implements Scheduler {

	private final List<Entry> entries = new ArrayList<>();

	private long nanos;

	@Override
	public synchronized Instant now() {
		return Instant.parse("2026-01-01T00:00:00Z").plusNanos(this.nanos);
	}

	@Override
	public synchronized long nanoTime() {
		return this.nanos;
	}

	@Override
	public synchronized Timer schedule(Duration delay, Runnable task) {
		Entry entry = new Entry(this.nanos + Math.max(0, delay.toNanos()), task);
		this.entries.add(entry);
		return () -> cancel(entry);
	}

	private synchronized void cancel(Entry entry) {
		this.entries.remove(entry);
	}

	/**
	 * Advances the clock and runs due tasks in order.
	 */
	public void advance(Duration duration) {
		long until = nanoTime() + duration.toNanos();
		for (Entry next = takeDue(until); next != null; next = takeDue(until)) {
			next.task().run();
		}
		synchronized (this) {
			this.nanos = until;
		}
	}

	private synchronized Entry takeDue(long until) {
		Entry next = this.entries.stream().min(Comparator.comparingLong(Entry::due)).orElse(null);
		if (next == null || next.due() > until) {
			return null;
		}
		this.entries.remove(next);
		this.nanos = Math.max(this.nanos, next.due());
		return next;
	}

	private record Entry(long due, Runnable task) {

	}

}
