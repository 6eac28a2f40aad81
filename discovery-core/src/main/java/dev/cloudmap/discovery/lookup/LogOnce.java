package dev.cloudmap.discovery.lookup;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits log messages to one per subject and to a thousand subjects, so that a faulty
 * server cannot fill log or memory. Thread-safe.
 */
public final class LogOnce<T> {

	private static final int MAX_SUBJECTS = 1000;

	private final Set<T> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Whether a subject should be logged now.
	 */
	public boolean isNew(T subject) {
		return this.logged.size() < MAX_SUBJECTS && this.logged.add(subject);
	}

}
