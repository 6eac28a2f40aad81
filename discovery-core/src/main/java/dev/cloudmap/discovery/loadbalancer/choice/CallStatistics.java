package dev.cloudmap.discovery.loadbalancer.choice;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.loadbalancer.name.InstanceNames;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejection;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;

/**
 * The statistics and the balancers of the services that this application calls.
 * Thread-safe.
 */
public final class CallStatistics {

	private final Function<ServiceName, BalancingSettings> settings;

	private final CallListener listener;

	private final Prober prober;

	private final InstanceNames names;

	private final LongSupplier ticker;

	private final Supplier<Instant> clock;

	private final Map<ServiceName, ServiceBalancer> services = new ConcurrentHashMap<>();

	/**
	 * Creates empty statistics with names of instances of their own.
	 */
	public CallStatistics(Function<ServiceName, BalancingSettings> settings, CallListener listener, Prober prober,
			LongSupplier ticker, Supplier<Instant> clock) {
		this(settings, listener, prober, new InstanceNames(), ticker, clock);
	}

	/**
	 * Creates empty statistics.
	 * @param settings the settings of each service
	 * @param listener receives the beginning and the end of each attempt, and ejections
	 * @param prober probes ejected instances
	 * @param names receives the names of the instances that are called by name
	 * @param ticker the monotonic time in nanoseconds
	 * @param clock the wall-clock time
	 */
	public CallStatistics(Function<ServiceName, BalancingSettings> settings, CallListener listener, Prober prober,
			InstanceNames names, LongSupplier ticker, Supplier<Instant> clock) {
		this.settings = settings;
		this.listener = listener;
		this.prober = prober;
		this.names = names;
		this.ticker = ticker;
		this.clock = clock;
	}

	/**
	 * The ejected instances of a service, in no order.
	 */
	public Collection<Ejection> ejections(ServiceName service) {
		ServiceBalancer known = this.services.get(service);
		return (known != null) ? known.statistics().reports() : List.of();
	}

	/**
	 * The ejected instances among those that a service has now, in no order. An instance
	 * whose ejection is over and that only waits for its trial is left out.
	 */
	public Collection<Ejection> ejections(WatchedService service) {
		ServiceBalancer known = this.services.get(service.name());
		CatalogEntry entry = service.entry();
		return (known != null && entry != null) ? known.statistics().reports(entry.serviceInstances()) : List.of();
	}

	/**
	 * The ejected instances of a service by id, until they are readmitted.
	 */
	public Map<String, Ejection> ejectionsById(ServiceName service) {
		ServiceBalancer known = this.services.get(service);
		Map<String, Ejection> ejections = new TreeMap<>();
		if (known != null) {
			known.statistics().ejections().out().forEach((key, ejected) -> {
				if (key.id() != null) {
					ejections.put(key.id(), ejected.report());
				}
			});
		}
		return ejections;
	}

	/**
	 * Readmits an ejected instance.
	 * @param service the service
	 * @param instanceId the id of the instance
	 * @return whether it was ejected
	 */
	public boolean readmit(ServiceName service, String instanceId) {
		ServiceBalancer known = this.services.get(service);
		return known != null && known.statistics().readmit(instanceId);
	}

	/**
	 * The balancer of a service, which is shared by all names of the service.
	 */
	public ServiceBalancer of(ServiceName service) {
		return this.services.computeIfAbsent(service, this::create);
	}

	private ServiceBalancer create(ServiceName service) {
		BalancingSettings settings = this.settings.apply(service);
		return new ServiceBalancer(
				new ServiceStatistics(service, settings.outlier(), this.listener, this.prober, this.ticker, this.clock),
				settings, this.names);
	}

}
