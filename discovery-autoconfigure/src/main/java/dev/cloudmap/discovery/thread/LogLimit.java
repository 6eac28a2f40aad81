package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Limits log lines about names that may be made up: one line for each name, and a number
 * of lines in all, within some time. Thread-safe.
 */
public final class LogLimit {

	/** The most lines within {@link #WINDOW}. */
	public static final int MAX_LINES = 100;

	/** After this time all names may be logged again. */
	public static final Duration WINDOW = Duration.ofMinutes(10);

	private final Timer timer;

	/** Guarded by itself. */
	private final Set<Object> logged = new HashSet<>();

	private Instant began = Instant.MIN;

	/**
	 * Creates the limit.
	 * @param timer reads the monotonic clock
	 */
	public LogLimit(Timer timer) {
		this.timer = timer;
	}

	/**
	 * Lets a name be logged again, since it is known not to be made up.
	 * @param name the name
	 */
	public void forget(Object name) {
		synchronized (this.logged) {
			this.logged.remove(name);
		}
	}

	/**
	 * Whether a line about a name is logged now, which counts as one.
	 * @param name the name
	 */
	public boolean allows(Object name) {
		synchronized (this.logged) {
			Instant now = this.timer.steady();
			if (this.began.equals(Instant.MIN) || Duration.between(this.began, now).compareTo(WINDOW) >= 0) {
				this.began = now;
				this.logged.clear();
			}
			return this.logged.size() < MAX_LINES && this.logged.add(name);
		}
	}

}
