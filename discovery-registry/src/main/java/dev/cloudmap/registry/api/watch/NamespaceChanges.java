package dev.cloudmap.registry.api.watch;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Which services of one namespace have changed, and the queries that wait for the next
 * change. Of each service only the last change is remembered, so that a busy service does
 * not displace the changes of others. Thread-safe.
 */
final class NamespaceChanges {

	private final int capacity;

	private final NavigableMap<Long, String> byRevision = new TreeMap<>();

	private final Map<String, Long> byService = new HashMap<>();

	private final Set<Runnable> waiting = new LinkedHashSet<>();

	/** All changes after this revision are remembered. */
	private long begin;

	private boolean deleted;

	/**
	 * Creates the history of a namespace.
	 * @param begin the revision before which no changes are known
	 * @param capacity how many services are remembered
	 */
	NamespaceChanges(long begin, int capacity) {
		this.begin = begin;
		this.capacity = capacity;
	}

	/**
	 * Returns what has changed since a revision.
	 * @param since the revision; null if the client knows none
	 * @param current the registry's revision, read before this call
	 */
	synchronized WatchAnswer since(@Nullable Long since, long current) {
		long latest = Math.max(current, this.byRevision.isEmpty() ? this.begin : this.byRevision.lastKey());
		if (since == null || since < this.begin || since > latest || this.deleted) {
			return WatchAnswer.everything(latest);
		}
		return new WatchAnswer(latest, false, List.copyOf(this.byRevision.tailMap(since, false).values()));
	}

	/**
	 * Records changes that became visible together.
	 * @param revisions the last revision of each service that changed
	 */
	synchronized void record(Map<String, Long> revisions) {
		if (!this.deleted) {
			revisions.forEach(this::record);
		}
	}

	private void record(String service, long revision) {
		Long before = this.byService.put(service, revision);
		if (before != null) {
			this.byRevision.remove(before);
		}
		this.byRevision.put(revision, service);
		if (this.byRevision.size() > this.capacity) {
			Map.Entry<Long, String> oldest = this.byRevision.pollFirstEntry();
			this.byService.remove(oldest.getValue());
			this.begin = Math.max(this.begin, oldest.getKey());
		}
	}

	/**
	 * Ends the history because the namespace was deleted.
	 * @param revision the revision of the deletion
	 */
	synchronized void delete(long revision) {
		this.byRevision.clear();
		this.byService.clear();
		this.begin = revision;
		this.deleted = true;
	}

	/**
	 * Adds a query that waits.
	 * @param query is run, by any thread, after the next change
	 */
	synchronized void add(Runnable query) {
		this.waiting.add(query);
	}

	synchronized void remove(Runnable query) {
		this.waiting.remove(query);
	}

	/**
	 * Runs the queries that wait, after changes were recorded.
	 */
	void wake() {
		List<Runnable> woken;
		synchronized (this) {
			woken = List.copyOf(this.waiting);
			this.waiting.clear();
		}
		woken.forEach(Runnable::run);
	}

}
