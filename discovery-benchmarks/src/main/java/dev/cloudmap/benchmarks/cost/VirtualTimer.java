package dev.cloudmap.benchmarks.cost;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

import dev.cloudmap.discovery.thread.Timer;

/**
 * A timer with a virtual clock that advances from one task to the next without waiting.
 * Not thread-safe.
 */
final class VirtualTimer implements Timer {

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(
			Comparator.comparing((Task task) -> task.due).thenComparingLong((task) -> task.number));

	private Instant now;

	private long count;

	VirtualTimer(Instant start) {
		this.now = start;
	}

	@Override
	public Instant now() {
		return this.now;
	}

	@Override
	public Instant steady() {
		return this.now;
	}

	@Override
	public Scheduled schedule(Runnable what, Duration delay) {
		Task task = new Task(this.now.plus(delay), this.count++, what);
		this.tasks.add(task);
		return () -> task.cancelled = true;
	}

	/**
	 * Repeats a task.
	 * @param first the delay before the first run
	 * @param period the delay between two runs
	 */
	void repeat(Runnable what, Duration first, Duration period) {
		schedule(() -> {
			what.run();
			repeat(what, period, period);
		}, first);
	}

	/**
	 * Advances the clock, and runs due tasks in order.
	 */
	void runUntil(Instant end) {
		while (!this.tasks.isEmpty() && !this.tasks.peek().due.isAfter(end)) {
			Task task = this.tasks.remove();
			if (!task.cancelled) {
				this.now = task.due;
				task.what.run();
			}
		}
		this.now = end;
	}

	private static final class Task {

		private final Instant due;

		private final long number;

		private final Runnable what;

		private boolean cancelled;

		private Task(Instant due, long number, Runnable what) {
			this.due = due;
			this.number = number;
			this.what = what;
		}

	}

}
