package dev.cloudmap.discovery.loadbalancer;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.CatalogEntry;
import dev.cloudmap.discovery.catalog.WatchedService;

/**
 * What this application's own calls have shown, of each service that it balances the
 * calls of.
 */
public final class CallStatistics {

	private final Function<ServiceName, BalancingSettings> settings;

	private final LongSupplier ticker;

	private final Supplier<Instant> clock;

	private final Map<ServiceName, ServiceStatistics> services = new ConcurrentHashMap<>();

	/**
	 * Creates statistics of no calls.
	 * @param settings how each service's calls are balanced; not null
	 * @param ticker the time in nanoseconds, which never goes back; not null
	 * @param clock the time of day; not null
	 */
	public CallStatistics(Function<ServiceName, BalancingSettings> settings, LongSupplier ticker,
			Supplier<Instant> clock) {
		this.settings = settings;
		this.ticker = ticker;
		this.clock = clock;
	}

	/**
	 * The instances of a service that are not called, because their calls failed.
	 * @param service the service; not null
	 * @return the ejections in no order; empty if there are none
	 */
	public Collection<Ejection> ejections(ServiceName service) {
		ServiceStatistics known = this.services.get(service);
		return (known != null) ? known.told() : List.of();
	}

	/**
	 * The same, of the instances that a service has by now, and without those whose time
	 * is over and who only wait for someone to call.
	 * @param service the service; not null
	 * @return the ejections in no order; empty if there are none
	 */
	public Collection<Ejection> ejections(WatchedService service) {
		ServiceStatistics known = this.services.get(service.name());
		CatalogEntry entry = service.entry();
		return (known != null && entry != null) ? known.told(entry.serviceInstances()) : List.of();
	}

	/**
	 * The statistics of a service, which are kept from now on.
	 */
	ServiceStatistics of(ServiceName service) {
		return this.services.computeIfAbsent(service,
				(name) -> new ServiceStatistics(name, this.settings.apply(name), this.ticker, this.clock));
	}

	/**
	 * The statistics of a service; null if none are kept.
	 */
	@Nullable ServiceStatistics known(ServiceName service) {
		return this.services.get(service);
	}

	long now() {
		return this.ticker.getAsLong();
	}

}
