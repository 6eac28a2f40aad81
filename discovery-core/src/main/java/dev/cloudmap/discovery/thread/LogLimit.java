package dev.cloudmap.discovery.thread;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits log lines about names that may be made up: one line for each name, and a number
 * of lines in all, within some time. Thread-safe.
 */
public final class LogLimit {

	/** The most lines within {@link #WINDOW}. */
	public static final int MAX_LINES = 100;

	/** After this time all names may be logged again. */
	public static final Duration WINDOW = Duration.ofMinutes(10);

	private static final Logger logger = LoggerFactory.getLogger(LogLimit.class);

	private final Timer timer;

	/** Guarded by itself. */
	private final Set<Object> logged = new HashSet<>();

	private Instant began = Instant.MIN;

	/** Whether the log says already that names are left out. */
	private boolean announced;

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
	 * Whether a line about a name is logged now, which counts as one. The first name that
	 * is left out because there were too many lines causes a line that says so.
	 * @param name the name
	 */
	public boolean allows(Object name) {
		boolean announcing;
		synchronized (this.logged) {
			Instant now = this.timer.steady();
			if (this.began.equals(Instant.MIN) || Duration.between(this.began, now).compareTo(WINDOW) >= 0) {
				this.began = now;
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
			logger.warn("{} names of services without instances were logged: further ones, also of services that exist,"
					+ " are not logged for {} minutes", MAX_LINES, WINDOW.toMinutes());
		}
		return false;
	}

}
