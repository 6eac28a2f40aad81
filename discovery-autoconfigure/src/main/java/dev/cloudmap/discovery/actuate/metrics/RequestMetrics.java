package dev.cloudmap.discovery.actuate.metrics;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.MeterRegistry;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The meters {@code discovery.client.requests} and
 * {@code discovery.client.requests.active} of load-balanced requests by service and
 * instance. Each attempt counts. The meters of an instance that has left the catalog are
 * removed one to two minutes later, after they have been scraped.
 */
public final class RequestMetrics implements CallListener {

	/** The number of instances that one service can have on AWS. */
	static final int MAX_INSTANCES = 1000;

	/** The name of further instances, which share their meters. */
	static final String OTHER = "other";

	/** Meters are removed at the second sweep after their instance has left. */
	static final Duration SWEEP = Duration.ofMinutes(1);

	private static final int STATUS_CLASS = 100;

	private final MeterRegistry registry;

	private final InstanceCatalog catalog;

	private final Timer timer;

	private final LongSupplier ticker;

	private final Map<Key, InstanceMeters> meters = new ConcurrentHashMap<>();

	/** Those whose instance the last sweep did not find. Used by one sweep at a time. */
	private final Set<Key> missed = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean sweeping = new AtomicBoolean();

	/**
	 * Creates the metrics.
	 * @param registry registers the meters
	 * @param catalog the catalog of the instances
	 * @param timer schedules sweeps
	 * @param ticker the monotonic time in nanoseconds of the attempts
	 */
	public RequestMetrics(MeterRegistry registry, InstanceCatalog catalog, Timer timer, LongSupplier ticker) {
		this.registry = registry;
		this.catalog = catalog;
		this.timer = timer;
		this.ticker = ticker;
	}

	@Override
	public void began(ServiceName service, String instance, long now) {
		meters(new Key(service, instance)).began(now);
	}

	@Override
	public void ended(ServiceName service, String instance, Attempt.Ending ending) {
		InstanceMeters own = this.meters.get(new Key(service, instance));
		InstanceMeters known = (own != null) ? own : this.meters.get(new Key(service, OTHER));
		if (known != null) {
			known.ended(outcome(ending), ending.began(), ending.ended());
		}
	}

	private static String outcome(Attempt.Ending ending) {
		if (ending.status() != 0) {
			return ending.status() / STATUS_CLASS + "xx";
		}
		return switch (ending.outcome()) {
			case NOT_CONNECTED -> "not-connected";
			case NOT_SENT -> "not-sent";
			case TIMED_OUT -> "timeout";
			case BROKEN -> "io-error";
			case ANSWERED, SERVER_ERROR, UNKNOWN -> "unknown";
		};
	}

	private InstanceMeters meters(Key key) {
		InstanceMeters known = this.meters.get(key);
		if (known != null) {
			return known;
		}
		Key bounded = (this.meters.size() < MAX_INSTANCES) ? key : new Key(key.service(), OTHER);
		InstanceMeters created = this.meters.computeIfAbsent(bounded,
				(missing) -> new InstanceMeters(this.registry, missing.service(), missing.instance(), this.ticker));
		sweepLater();
		return created;
	}

	private void sweepLater() {
		if (this.sweeping.compareAndSet(false, true)) {
			this.timer.schedule(this::sweep, SWEEP);
		}
	}

	/** A sweep may fail in a listener of the meter registry. */
	private void sweep() {
		try {
			removeMissing();
		}
		finally {
			this.sweeping.set(false);
			if (!this.meters.isEmpty()) {
				sweepLater();
			}
		}
	}

	private void removeMissing() {
		Set<Key> present = present();
		this.missed.retainAll(this.meters.keySet());
		this.missed.removeAll(present);
		this.meters.entrySet().removeIf((entry) -> {
			Key key = entry.getKey();
			boolean leaving = !present.contains(key) && !this.missed.add(key);
			if (leaving) {
				entry.getValue().remove();
			}
			return leaving;
		});
	}

	private Set<Key> present() {
		Set<Key> present = new HashSet<>();
		for (WatchedService service : this.catalog.watched()) {
			present.add(new Key(service.name(), OTHER));
			CatalogEntry entry = service.entry();
			if (entry != null) {
				entry.set().instances().forEach((instance) -> present.add(new Key(service.name(), instance.id())));
			}
		}
		return present;
	}

	private record Key(ServiceName service, String instance) {
	}

}
