package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.source.InstanceSource;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * One service of the catalog: what is known of it, and the look-ups that keep it so. At
 * any time one look-up is under way or one is scheduled, never both, which is why nothing
 * here is locked: only that look-up writes.
 */
public final class WatchedService {

	private static final Logger logger = LoggerFactory.getLogger(WatchedService.class);

	private final ServiceName name;

	private final InstanceSource source;

	private final Timer timer;

	private final CatalogSettings settings;

	private final CatalogListener listener;

	private final Runnable onIdle;

	private volatile @Nullable CatalogEntry entry;

	private volatile CompletableFuture<CatalogEntry> first = new CompletableFuture<>();

	private volatile @Nullable DiscoveryException failure;

	private volatile Instant lastAsked;

	/** When to look again after the next failure. */
	private volatile Backoff backoff = Backoff.first();

	WatchedService(ServiceName name, InstanceSource source, Timer timer, CatalogSettings settings,
			CatalogListener listener, Runnable onIdle) {
		this.name = name;
		this.source = source;
		this.timer = timer;
		this.settings = settings;
		this.listener = listener;
		this.onIdle = onIdle;
		this.lastAsked = timer.now();
	}

	/**
	 * The service.
	 */
	public ServiceName name() {
		return this.name;
	}

	/**
	 * What is known; null as long as no look-up has succeeded.
	 */
	public @Nullable CatalogEntry entry() {
		return this.entry;
	}

	/**
	 * Why the last look-up failed; null if it didn't.
	 */
	public @Nullable DiscoveryException failure() {
		return this.failure;
	}

	/**
	 * The service's instances: at once where something is known of it, else when the
	 * first look-up, which all callers share, has ended.
	 * @return the instances, empty if there are none; fails with
	 * {@link DiscoveryException} if nothing is known and the look-up failed
	 */
	public CompletableFuture<List<ServiceInstance>> instances() {
		this.lastAsked = this.timer.now();
		CatalogEntry known = this.entry;
		return (known != null) ? CompletableFuture.completedFuture(known.serviceInstances())
				: this.first.thenApply(CatalogEntry::serviceInstances);
	}

	/**
	 * Looks the service up, now and from now on.
	 */
	void refresh() {
		if (Duration.between(this.lastAsked, this.timer.now()).compareTo(this.settings.idle()) > 0) {
			this.onIdle.run();
			return;
		}
		if (this.first.isCompletedExceptionally()) {
			this.first = new CompletableFuture<>();
		}
		var unused = lookup().orTimeout(this.settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
			.thenApply(this::succeeded)
			// also where what was found turns out to be of no use
			.exceptionally(this::failed)
			.thenAccept((delay) -> this.timer.schedule(this::refresh, delay));
	}

	private CompletableFuture<InstanceSet> lookup() {
		try {
			return this.source.lookup(this.name).toCompletableFuture().copy();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private Duration succeeded(InstanceSet found) {
		Instant now = this.timer.now();
		CatalogEntry before = this.entry;
		CatalogEntry after = (before != null) ? next(before, found.completedBy(before.set()), now)
				: CatalogEntry.of(found, now);
		this.entry = after;
		if (this.failure != null) {
			logger.info("Service {} can be looked up again", this.name);
			this.failure = null;
		}
		this.backoff = Backoff.first();
		if (before == null || !before.set().instances().equals(after.set().instances())) {
			logger.info("Service {} has {} instance(s), found by {}", this.name, after.set().instances().size(),
					after.set().source());
			tellListener(after.set());
		}
		this.first.complete(after);
		return untilNext(found, now);
	}

	/**
	 * Chance moves it as any other delay, but never past the end of what was found.
	 */
	private Duration untilNext(InstanceSet found, Instant now) {
		Instant end = found.validUntil();
		if (end == null) {
			return Backoff.jittered(this.settings.refresh());
		}
		Duration valid = Duration.between(now, end);
		Duration delay = shorter(Backoff.jittered(shorter(this.settings.refresh(), valid)), valid);
		return (delay.compareTo(Durations.SHORTEST) > 0) ? delay : Durations.SHORTEST;
	}

	private static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	private void tellListener(InstanceSet set) {
		try {
			this.listener.onChange(set);
		}
		catch (RuntimeException ex) {
			logger.error("A listener failed on the change of {}", this.name, ex);
		}
	}

	private static CatalogEntry next(CatalogEntry before, InstanceSet found, Instant now) {
		if (before.set().instances().equals(found.instances())) {
			return before.confirmed(found, now);
		}
		if (found.isEmpty()) {
			CatalogEntry doubted = before.doubted(now);
			Instant since = doubted.doubtedSince();
			if (since != null && Duration.between(since, now).compareTo(CatalogSettings.EMPTY_GRACE) < 0) {
				return doubted;
			}
		}
		return CatalogEntry.of(found, now);
	}

	private Duration failed(Throwable ex) {
		DiscoveryException failure = translate(ex);
		if (this.failure == null) {
			logger.warn("Service {} could not be looked up, {}: {}", this.name,
					(this.entry != null) ? "what was known stays" : "and nothing is known of it", failure.getMessage());
		}
		this.failure = failure;
		this.first.completeExceptionally(failure);
		Duration delay = this.backoff.delay();
		this.backoff = this.backoff.next();
		return delay;
	}

	private DiscoveryException translate(Throwable ex) {
		Throwable cause = Futures.cause(ex);
		if (cause instanceof DiscoveryException failure) {
			return failure;
		}
		if (cause instanceof TimeoutException) {
			return new RegistryUnavailableException("Nobody told within " + this.settings.timeout().toMillis()
					+ " ms where " + this.name + " is (discovery.lookup.timeout)", cause);
		}
		return new DiscoveryException("The look-up of " + this.name + " failed: " + cause, cause);
	}

}
