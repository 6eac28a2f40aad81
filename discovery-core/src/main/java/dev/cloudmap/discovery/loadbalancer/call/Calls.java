package dev.cloudmap.discovery.loadbalancer.call;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.util.ConcurrentLruCache;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.OtherInstances;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;

/**
 * Begins calls of services.
 */
public final class Calls {

	/** A limit, since names may come from outside. */
	private static final int MAX_BUDGETS = 1000;

	private final InstanceCatalog catalog;

	private final OtherDiscoveryClients others;

	private final Function<ServiceName, CallSettings> settings;

	private final CallListener listener;

	private final LongSupplier ticker;

	private final @Nullable NoInstancesDiagnosis noInstances;

	private final ConcurrentLruCache<ServiceName, RetryBudget> budgets = new ConcurrentLruCache<>(MAX_BUDGETS,
			(service) -> new RetryBudget());

	/**
	 * Creates the calls.
	 * @param catalog the catalog
	 * @param others the application's other discovery clients
	 * @param settings the settings of each service, read for each call
	 * @param listener receives retries
	 * @param ticker the monotonic time in nanoseconds
	 * @param noInstances explains why a service has no instances; null to leave that to
	 * the clients
	 */
	public Calls(InstanceCatalog catalog, OtherDiscoveryClients others, Function<ServiceName, CallSettings> settings,
			CallListener listener, LongSupplier ticker, @Nullable NoInstancesDiagnosis noInstances) {
		this.catalog = catalog;
		this.others = others;
		this.settings = settings;
		this.listener = listener;
		this.ticker = ticker;
		this.noInstances = noInstances;
	}

	/**
	 * Begins a call.
	 * @param serviceId the name of the service as it is called
	 * @param method the HTTP method of the request
	 * @throws InvalidNameException if no service can have that name
	 */
	public Call begin(String serviceId, String method) {
		WatchedService service = this.catalog.service(serviceId);
		RetryBudget budget = this.budgets.get(service.name());
		budget.request(this.ticker.getAsLong());
		return new Call(serviceId, service, () -> elsewhere(serviceId), method, this.settings.apply(service.name()),
				budget, this.listener, this.ticker);
	}

	/**
	 * Whether another discovery client has instances of a service, whose name need not be
	 * valid in this registry. Spring Cloud's own code calls such a service.
	 * @param serviceId the name of the service as it is called
	 */
	public CompletableFuture<Boolean> isKnownElsewhere(String serviceId) {
		return this.others.instances(serviceId).thenApply((found) -> !found.all().isEmpty());
	}

	private List<ServiceInstance> elsewhere(String serviceId) {
		OtherInstances known = this.others.known(serviceId);
		return (known != null) ? known.all() : List.of();
	}

	/**
	 * The reason why a call found no instance; null if it is not known.
	 */
	public @Nullable DiscoveryException unavailable(Call call) {
		CatalogEntry known = call.service().entry();
		if (known == null) {
			return ofCaller(call.service().failure());
		}
		return (known.serviceInstances().isEmpty() && this.noInstances != null) ? this.noInstances.of(call.serviceId())
				: null;
	}

	/**
	 * Logs why a gateway found no instance, at most once for each name within some
	 * minutes.
	 * @param serviceId the name of the service as it is called
	 * @param reason the reason
	 */
	public void logUnavailable(String serviceId, DiscoveryException reason) {
		if (this.noInstances != null) {
			this.noInstances.logUnavailable(serviceId, reason);
		}
	}

	/** All callers share the failure of a lookup, so each gets its own exception. */
	private static @Nullable DiscoveryException ofCaller(@Nullable DiscoveryException failure) {
		if (failure == null) {
			return null;
		}
		String message = String.valueOf(failure.getMessage());
		return (failure instanceof RegistryUnavailableException) ? new RegistryUnavailableException(message, failure)
				: new DiscoveryException(message, failure);
	}

}
