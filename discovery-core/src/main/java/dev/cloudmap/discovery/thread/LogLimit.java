package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits log messages about names and values that come from outside, so that they cannot
 * fill log or memory: one message for each subject, and a maximum number of messages.
 * Thread-safe.
 */
public final class LogLimit {

	/** The maximum number of messages within {@link #WINDOW}. */
	public static final int MAX_LINES = 100;

	/** After this time all subjects may be logged again. */
	public static final Duration WINDOW = Duration.ofMinutes(10);

	private static final int MAX_SUBJECTS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(LogLimit.class);

	private final @Nullable Timer timer;

	private final Set<Object> logged = new HashSet<>();

	/** The end of the window. */
	private Instant end = Instant.MIN;

	/** Whether the limit was logged in this window. */
	private boolean announced;

	/**
	 * A limit of one message for each subject, and of a thousand subjects.
	 */
	public LogLimit() {
		this.timer = null;
	}

	/**
	 * A limit of {@link #MAX_LINES} subjects within {@link #WINDOW}.
	 * @param timer the monotonic clock
	 */
	public LogLimit(Timer timer) {
		this.timer = timer;
	}

	/**
	 * Allows another message about a subject that is known to exist.
	 */
	public synchronized void forget(Object subject) {
		this.logged.remove(subject);
	}

	/**
	 * Whether a message about a subject is allowed now, and counts it. The first subject
	 * that is rejected within a window logs that the limit was reached.
	 */
	public synchronized boolean allows(Object subject) {
		if (this.timer == null) {
			return this.logged.size() < MAX_SUBJECTS && this.logged.add(subject);
		}
		Instant now = this.timer.steady();
		if (!now.isBefore(this.end)) {
			this.end = now.plus(WINDOW);
			this.logged.clear();
			this.announced = false;
		}
		if (this.logged.size() < MAX_LINES) {
			return this.logged.add(subject);
		}
		if (!this.announced && !this.logged.contains(subject)) {
			this.announced = true;
			logger.warn("{} names of services without instances were logged. Further names, including those of existing"
					+ " services, are not logged for {} minutes", MAX_LINES, WINDOW.toMinutes());
		}
		return false;
	}

}
