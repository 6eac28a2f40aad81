package dev.cloudmap.fuzz;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

import dev.cloudmap.registry.time.Scheduler;

/**
 * A scheduler with a virtual clock that advances only on request. Scheduling is
 * thread-safe.
 */
public final class ManualTimeline implements Scheduler {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final PriorityQueue<Task> tasks = new PriorityQueue<>();

	private long nanos;

	private long count;

	@Override
	public synchronized Instant now() {
		return START.plusNanos(this.nanos);
	}

	@Override
	public synchronized long nanoTime() {
		return this.nanos;
	}

	@Override
	public synchronized Timer schedule(Duration delay, Runnable task) {
		Task added = new Task(this.nanos + Math.max(0, delay.toNanos()), this.count++, task);
		this.tasks.add(added);
		return () -> cancel(added);
	}

	private synchronized void cancel(Task task) {
		this.tasks.remove(task);
	}

	/**
	 * Advances the clock, and runs due tasks in order.
	 */
	public void advance(Duration duration) {
		long until = nanoTime() + duration.toNanos();
		for (Task task = takeDue(until); task != null; task = takeDue(until)) {
			task.action.run();
		}
		synchronized (this) {
			this.nanos = until;
		}
	}

	private synchronized Task takeDue(long until) {
		Task next = this.tasks.peek();
		if (next == null || next.due > until) {
			return null;
		}
		this.nanos = Math.max(this.nanos, next.due);
		return this.tasks.poll();
	}

	private record Task(long due, long number, Runnable action) implements Comparable<Task> {

		@Override
		public int compareTo(Task other) {
			return (this.due != other.due) ? Long.compare(this.due, other.due)
					: Long.compare(this.number, other.number);
		}

	}

}
