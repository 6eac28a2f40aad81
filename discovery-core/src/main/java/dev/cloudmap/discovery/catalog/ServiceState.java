package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.catalog.entry.CatalogSnapshot;
import dev.cloudmap.discovery.catalog.entry.LastKnown;
import dev.cloudmap.discovery.catalog.entry.LookupError;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * The last known list of one service and the result of its last lookup. Any thread reads
 * it without locks; only the {@link WatchedService} writes it, and its lookups do not
 * overlap.
 */
final class ServiceState {

	private static final Logger logger = LoggerFactory.getLogger(ServiceState.class);

	private final ServiceName name;

	private final @Nullable Duration maxStaleness;

	private final LastKnown lastKnown;

	private final @Nullable CatalogSnapshot snapshot;

	private final LogLimit logLimit;

	private final List<Consumer<CatalogEntry>> listeners;

	private volatile @Nullable CatalogEntry entry;

	private volatile CompletableFuture<CatalogEntry> first = new CompletableFuture<>();

	private volatile @Nullable DiscoveryException failure;

	private volatile @Nullable LookupError lastError;

	/**
	 * Creates the state without a list.
	 * @param maxStaleness the maximum age of a list that no lookup has confirmed; null
	 * for no limit
	 * @param lastKnown lists from before the service was idle
	 * @param snapshot lists of the previous run of the application; null if there are
	 * none
	 * @param logLimit limits log lines about services without a known list
	 * @param listeners receive changes of the instances; a failed listener does not
	 * affect the others
	 */
	ServiceState(ServiceName name, @Nullable Duration maxStaleness, LastKnown lastKnown,
			@Nullable CatalogSnapshot snapshot, LogLimit logLimit, List<Consumer<CatalogEntry>> listeners) {
		this.name = name;
		this.maxStaleness = maxStaleness;
		this.lastKnown = lastKnown;
		this.snapshot = snapshot;
		this.logLimit = logLimit;
		this.listeners = listeners;
	}

	/**
	 * The last known list; null if there is none.
	 */
	@Nullable CatalogEntry entry() {
		return this.entry;
	}

	/**
	 * The failure of the last lookup; null if it succeeded.
	 */
	@Nullable DiscoveryException failure() {
		return this.failure;
	}

	/**
	 * The last failed lookup; null if none has failed.
	 */
	@Nullable LookupError lastError() {
		return this.lastError;
	}

	/**
	 * Whether instances are known, even if the last lookup did not confirm them.
	 */
	boolean hasInstances() {
		CatalogEntry known = this.entry;
		return known != null && !known.set().isEmpty();
	}

	/**
	 * Whether the last lookup succeeded and found no instances.
	 */
	boolean isEmpty() {
		return this.entry != null && this.failure == null && !hasInstances();
	}

	/**
	 * Completes with the current lookup, for callers without a known list; failed if that
	 * lookup has failed.
	 */
	CompletableFuture<CatalogEntry> first() {
		return this.first;
	}

	/**
	 * Must be called before each lookup.
	 */
	void beginLookup() {
		if (this.first.isCompletedExceptionally()) {
			this.first = new CompletableFuture<>();
		}
	}

	/**
	 * Applies the result of a successful lookup.
	 * @param found the result
	 * @param confirmed the wall-clock time of the lookup
	 * @param now the monotonic time of the lookup
	 * @return the new list
	 */
	CatalogEntry succeeded(InstanceSet found, Instant confirmed, Instant now) {
		CatalogEntry before = this.entry;
		CatalogEntry after = (before != null) ? before.next(found, confirmed, now) : CatalogEntry.of(found, confirmed);
		this.entry = after;
		this.first.complete(after);
		if (this.failure != null) {
			if (before != null || !after.set().isEmpty()) {
				logger.info("Service {} can be looked up again", this.name);
			}
			this.failure = null;
		}
		if (before == null || !before.set().instances().equals(after.set().instances())) {
			if (!after.set().isEmpty() || before != null || this.logLimit.allows(this.name)) {
				logger.info("Service {} has {} instance(s), found by {}", this.name, after.set().instances().size(),
						after.set().source());
			}
			notifyListeners(after);
		}
		if (after.held().size() > ((before != null) ? before.held().size() : 0)) {
			logger.warn("Service {} lost {} instance(s) at once. They are kept until a later lookup confirms it",
					this.name, after.held().size());
		}
		if (this.snapshot != null) {
			this.snapshot.store(after);
		}
		return after;
	}

	/**
	 * Applies a failed lookup.
	 * @param failure the reason
	 * @param now the wall-clock time
	 * @return the list that is kept; null if there is none
	 */
	@Nullable CatalogEntry failed(DiscoveryException failure, Instant now) {
		CatalogEntry before = this.entry;
		CatalogEntry known = (before != null) ? before.afterFailure() : previous();
		CatalogEntry after = (known != null && !isStale(known, now)) ? known : null;
		boolean isNew = this.failure == null || (before != null && after == null);
		if (isNew && (known != null || this.logLimit.allows(this.name))) {
			logger.warn("Service {} could not be looked up. {}: {}", this.name,
					(after != null) ? "The last list is kept" : "No instances are known", failure.getMessage());
		}
		this.failure = failure;
		this.lastError = new LookupError(now, String.valueOf(failure.getMessage()));
		if (after == null && before != null) {
			this.first = new CompletableFuture<>();
		}
		this.entry = after;
		if (after == null) {
			this.first.completeExceptionally(failure);
			if (before != null && !before.set().isEmpty()) {
				notifyListeners(CatalogEntry.of(new InstanceSet(this.name, List.of(), before.set().source()), now));
			}
		}
		else if (before == null) {
			this.first.complete(after);
			notifyListeners(after);
		}
		return after;
	}

	/**
	 * Returns the list from before the service was idle or the application was restarted;
	 * null if there is none.
	 */
	@Nullable CatalogEntry previous() {
		CatalogEntry known = this.lastKnown.restore(this.name);
		return (known != null || this.snapshot == null) ? known : this.snapshot.restore(this.name);
	}

	private boolean isStale(CatalogEntry entry, Instant now) {
		return this.maxStaleness != null && !entry.confirmed().plus(this.maxStaleness).isAfter(now);
	}

	private void notifyListeners(CatalogEntry entry) {
		for (Consumer<CatalogEntry> listener : this.listeners) {
			try {
				listener.accept(entry);
			}
			catch (RuntimeException | Error ex) {
				logger.error("A listener failed to handle the change of {}", this.name, ex);
			}
		}
	}

}
