package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits log messages about names that may be made up: one message per name and a maximum
 * number of messages per time window. Thread-safe.
 */
public final class LogLimit {

	/** The maximum number of messages within {@link #WINDOW}. */
	public static final int MAX_LINES = 100;

	/** After this time all names may be logged again. */
	public static final Duration WINDOW = Duration.ofMinutes(10);

	private static final Logger logger = LoggerFactory.getLogger(LogLimit.class);

	private final Timer timer;

	/** Guarded by itself. */
	private final Set<Object> logged = new HashSet<>();

	private Instant start = Instant.MIN;

	/** Whether the limit was logged in this window. */
	private boolean announced;

	/**
	 * Creates the limit.
	 * @param timer the monotonic clock
	 */
	public LogLimit(Timer timer) {
		this.timer = timer;
	}

	/**
	 * Allows another message about a name that is known to exist.
	 */
	public void forget(Object name) {
		synchronized (this.logged) {
			this.logged.remove(name);
		}
	}

	/**
	 * Whether a message about a name is allowed now, and counts it. The first rejected
	 * name logs that the limit was reached.
	 */
	public boolean allows(Object name) {
		boolean announcing;
		synchronized (this.logged) {
			Instant now = this.timer.steady();
			if (this.start.equals(Instant.MIN) || Duration.between(this.start, now).compareTo(WINDOW) >= 0) {
				this.start = now;
				this.logged.clear();
				this.announced = false;
			}
			if (this.logged.size() < MAX_LINES) {
				return this.logged.add(name);
			}
			announcing = !this.announced && !this.logged.contains(name);
			this.announced |= announcing;
		}
		if (announcing) {
			logger.warn("{} names of services without instances were logged. Further names, including those of existing"
					+ " services, are not logged for {} minutes", MAX_LINES, WINDOW.toMinutes());
		}
		return false;
	}

}
