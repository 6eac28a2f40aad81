package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A timer whose time is advanced by a test. Thread-safe, but only one thread may advance
 * it.
 */
public final class ManualTimer implements Timer {

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(
			Comparator.comparing(Task::due).thenComparingLong(Task::number));

	/** The offset of the wall clock. */
	private volatile Duration offset = Duration.ZERO;

	private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

	private long count;

	@Override
	public Instant now() {
		return this.now.plus(this.offset);
	}

	@Override
	public Instant steady() {
		return this.now;
	}

	/**
	 * Changes the wall clock. Scheduled tasks are not affected.
	 */
	public void setClock(Duration by) {
		this.offset = this.offset.plus(by);
	}

	@Override
	public synchronized Scheduled schedule(Runnable task, Duration delay) {
		Task scheduled = new Task(this.now.plus(delay), this.count++, task);
		this.tasks.add(scheduled);
		return () -> cancel(scheduled);
	}

	private synchronized void cancel(Task task) {
		this.tasks.remove(task);
	}

	/**
	 * Advances the time and runs due tasks in order.
	 */
	public void advance(Duration duration) {
		Instant end = this.now.plus(duration);
		for (Task next = due(end); next != null; next = due(end)) {
			this.now = next.due();
			next.task().run();
		}
		this.now = end;
	}

	private synchronized Task due(Instant end) {
		return (!this.tasks.isEmpty() && !this.tasks.peek().due().isAfter(end)) ? this.tasks.remove() : null;
	}

	/**
	 * The number of scheduled tasks.
	 */
	public synchronized int waiting() {
		return this.tasks.size();
	}

	private record Task(Instant due, long number, Runnable task) {
	}

}
