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
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * What is known of one service. Anybody reads; only the service's {@link Refresher}
 * writes, after one look-up after the other, which is why nothing is locked.
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

	/**
	 * Creates the state of nothing.
	 * @param name the service
	 * @param maxStaleness for how long an entry is kept that no look-up confirms; null
	 * for ever
	 * @param lastKnown what was known when it was watched before
	 * @param snapshot what was known when the application ran before; null if there is
	 * none
	 * @param logLimit limits log lines about services of which nothing is known
	 * @param listeners are told of changes of the members, whether or not one fails
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
	 * What is known; null if that is nothing.
	 */
	@Nullable CatalogEntry entry() {
		return this.entry;
	}

	/**
	 * Why the last look-up failed; null if it didn't.
	 */
	@Nullable DiscoveryException failure() {
		return this.failure;
	}

	/**
	 * Whether instances are known, which the last lookup may not have confirmed.
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
	 * What will be known after the look-up that is under way, for those who find nothing
	 * known; has failed if that look-up has.
	 */
	CompletableFuture<CatalogEntry> first() {
		return this.first;
	}

	/**
	 * A look-up begins.
	 */
	void beginning() {
		if (this.first.isCompletedExceptionally()) {
			this.first = new CompletableFuture<>();
		}
	}

	/**
	 * A look-up succeeded.
	 * @return what is known now
	 */
	CatalogEntry succeeded(InstanceSet found, Instant now) {
		CatalogEntry before = this.entry;
		CatalogEntry after = (before != null) ? before.next(found, now) : CatalogEntry.of(found, now);
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
			tell(after);
		}
		if (after.held().size() > ((before != null) ? before.held().size() : 0)) {
			logger.warn("Service {} lost {} instance(s) at once: they are kept until that is confirmed", this.name,
					after.held().size());
		}
		if (this.snapshot != null) {
			this.snapshot.keep(after);
		}
		return after;
	}

	/**
	 * A look-up failed.
	 * @return what is known still; null if that is nothing
	 */
	@Nullable CatalogEntry failed(DiscoveryException failure, Instant now) {
		CatalogEntry before = this.entry;
		CatalogEntry known = (before != null) ? before.afterFailure() : recall();
		CatalogEntry after = (known != null && !isStale(known, now)) ? known : null;
		boolean news = this.failure == null || (before != null && after == null);
		if (news && (known != null || this.logLimit.allows(this.name))) {
			logger.warn("Service {} could not be looked up, {}: {}", this.name,
					(after != null) ? "what was known stays" : "and nothing is known of it", failure.getMessage());
		}
		this.failure = failure;
		if (after == null && before != null) {
			this.first = new CompletableFuture<>();
		}
		this.entry = after;
		if (after == null) {
			this.first.completeExceptionally(failure);
			if (before != null && !before.set().isEmpty()) {
				tell(CatalogEntry.of(new InstanceSet(this.name, List.of(), before.set().source()), now));
			}
		}
		else if (before == null) {
			this.first.complete(after);
			tell(after);
		}
		return after;
	}

	/**
	 * Returns the last list from before the service was watched or this application was
	 * started; null if there is none.
	 */
	@Nullable CatalogEntry recall() {
		CatalogEntry known = this.lastKnown.recall(this.name);
		return (known != null || this.snapshot == null) ? known : this.snapshot.recall(this.name);
	}

	private boolean isStale(CatalogEntry entry, Instant now) {
		return this.maxStaleness != null && !entry.confirmed().plus(this.maxStaleness).isAfter(now);
	}

	private void tell(CatalogEntry entry) {
		for (Consumer<CatalogEntry> listener : this.listeners) {
			try {
				listener.accept(entry);
			}
			catch (RuntimeException | Error ex) {
				logger.error("A listener failed on the change of {}", this.name, ex);
			}
		}
	}

}
