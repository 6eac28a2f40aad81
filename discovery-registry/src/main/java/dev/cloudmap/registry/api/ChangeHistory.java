package dev.cloudmap.registry.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Which services of one namespace changed, and when last. A service is remembered once,
 * with its latest change: whoever is behind is told no more than that anyway, and a busy
 * service does not push out what is known of the others.
 */
final class ChangeHistory {

	/** How many services are remembered; those that changed longest ago are forgotten. */
	private final int capacity;

	private final NavigableMap<Long, ServiceEvent> byRevision = new TreeMap<>();

	private final Map<String, ServiceEvent> byService = new HashMap<>();

	/** All that changed after this revision is remembered, and nothing before is. */
	private long begin;

	private volatile long latest;

	private volatile boolean ended;

	/**
	 * Begins a history.
	 * @param begin the revision before which nothing is known
	 * @param capacity how many services are remembered
	 */
	ChangeHistory(long begin, int capacity) {
		this.begin = begin;
		this.latest = begin;
		this.capacity = capacity;
	}

	/**
	 * Remembers changes that look-ups began to see together, so that none of a service's
	 * but the last is ever told.
	 * @param revisions the latest revision of each service that changed
	 */
	synchronized void record(Map<String, Long> revisions) {
		if (this.ended) {
			return;
		}
		revisions.forEach(this::record);
	}

	private void record(String service, long revision) {
		ServiceEvent event = new ServiceEvent(service, revision);
		ServiceEvent before = this.byService.put(service, event);
		if (before != null) {
			this.byRevision.remove(before.revision());
		}
		this.byRevision.put(revision, event);
		if (this.byRevision.size() > this.capacity) {
			ServiceEvent oldest = this.byRevision.pollFirstEntry().getValue();
			this.byService.remove(oldest.service());
			this.begin = Math.max(this.begin, oldest.revision());
		}
		this.latest = Math.max(this.latest, revision);
	}

	/**
	 * Ends the history, for the namespace is gone.
	 * @param revision the revision that deleted it
	 */
	synchronized void end(long revision) {
		this.byRevision.clear();
		this.byService.clear();
		this.begin = revision;
		this.latest = revision;
		this.ended = true;
	}

	/**
	 * Returns whether the namespace is gone, so that nothing follows.
	 */
	boolean hasEnded() {
		return this.ended;
	}

	/**
	 * Returns the revision of the latest change, without waiting.
	 */
	long latest() {
		return this.latest;
	}

	/**
	 * Returns whether it can be told what changed after a revision.
	 */
	synchronized boolean knowsWhatFollows(long revision) {
		return revision >= this.begin;
	}

	/**
	 * Returns what changed after a revision.
	 * @param revision a revision
	 * @param limit how many events are wanted at most
	 * @return the events that come next, in order of their revisions; null when the
	 * revision is too old to tell
	 */
	synchronized @Nullable List<ServiceEvent> after(long revision, int limit) {
		if (!knowsWhatFollows(revision)) {
			return null;
		}
		List<ServiceEvent> events = new ArrayList<>();
		for (ServiceEvent event : this.byRevision.tailMap(revision, false).values()) {
			if (events.size() == limit) {
				break;
			}
			events.add(event);
		}
		return events;
	}

}
