package dev.cloudmap.discovery.lookup;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what was told already. A server that makes things up fills neither the log
 * nor the memory: after a thousand nothing more is told.
 */
public final class LogOnce<T> {

	private static final int MAX_TOLD = 1000;

	private final Set<T> told = ConcurrentHashMap.newKeySet();

	/**
	 * Whether something is to be told now.
	 */
	public boolean isNew(T subject) {
		return this.told.size() < MAX_TOLD && this.told.add(subject);
	}

}
