package dev.cloudmap.discovery.loadbalancer.call;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.CatalogEntry;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.OtherInstances;
import dev.cloudmap.discovery.loadbalancer.CallListener;
import dev.cloudmap.discovery.loadbalancer.NoInstances;

/**
 * Begins this application's load-balanced calls.
 */
public final class Calls {

	/** Further services share one budget: names may come from who knows where. */
	private static final int MAX_BUDGETS = 1000;

	private final InstanceCatalog catalog;

	private final OtherDiscoveryClients others;

	private final Function<ServiceName, CallSettings> settings;

	private final CallListener listener;

	private final LongSupplier ticker;

	private final @Nullable NoInstances noInstances;

	private final Map<ServiceName, RetryBudget> budgets = new ConcurrentHashMap<>();

	private final RetryBudget shared = new RetryBudget();

	/**
	 * Creates it.
	 * @param catalog knows the services' instances; not null
	 * @param others the application's other discovery clients
	 * @param settings how each service is called, asked for each call; not null
	 * @param listener is told of retries; not null
	 * @param ticker the time in nanoseconds, which never goes back; not null
	 * @param noInstances explains why a service has no instances; null to leave that to
	 * the clients
	 */
	public Calls(InstanceCatalog catalog, OtherDiscoveryClients others, Function<ServiceName, CallSettings> settings,
			CallListener listener, LongSupplier ticker, @Nullable NoInstances noInstances) {
		this.catalog = catalog;
		this.others = others;
		this.settings = settings;
		this.listener = listener;
		this.ticker = ticker;
		this.noInstances = noInstances;
	}

	/**
	 * Begins a call.
	 * @param serviceId the service as the client names it; not null
	 * @param method the request's HTTP method; not null
	 * @throws InvalidNameException if no service can have that name
	 */
	public Call begin(String serviceId, String method) {
		WatchedService service = this.catalog.service(serviceId);
		RetryBudget budget = budget(service.name());
		budget.request(this.ticker.getAsLong());
		return new Call(service, () -> elsewhere(serviceId), method, this.settings.apply(service.name()), budget,
				this.listener, this.ticker);
	}

	/**
	 * Whether another discovery client knows a service, whose name need not be valid in
	 * this registry. Such a service is called as Spring Cloud does.
	 * @param serviceId the service as the client names it
	 */
	CompletableFuture<Boolean> isKnownElsewhere(String serviceId) {
		return this.others.instances(serviceId).thenApply((found) -> !found.all().isEmpty());
	}

	private List<ServiceInstance> elsewhere(String serviceId) {
		OtherInstances known = this.others.known(serviceId);
		return (known != null) ? known.all() : List.of();
	}

	/**
	 * Why a call found no instance.
	 * @param serviceId the service as the client names it
	 * @return the reason; null if none is known
	 */
	@Nullable DiscoveryException unavailable(String serviceId) {
		try {
			WatchedService service = this.catalog.service(serviceId);
			CatalogEntry known = service.entry();
			if (known == null) {
				return ofCaller(service.failure());
			}
			return (known.serviceInstances().isEmpty() && this.noInstances != null) ? this.noInstances.of(serviceId)
					: null;
		}
		catch (DiscoveryException ex) {
			return ex;
		}
	}

	/** The failure of a lookup is shared by all callers. */
	private static @Nullable DiscoveryException ofCaller(@Nullable DiscoveryException failure) {
		if (failure == null) {
			return null;
		}
		String message = String.valueOf(failure.getMessage());
		return (failure instanceof RegistryUnavailableException) ? new RegistryUnavailableException(message, failure)
				: new DiscoveryException(message, failure);
	}

	private RetryBudget budget(ServiceName service) {
		RetryBudget known = this.budgets.get(service);
		if (known != null) {
			return known;
		}
		if (this.budgets.size() >= MAX_BUDGETS) {
			long now = this.ticker.getAsLong();
			this.budgets.values().removeIf((budget) -> budget.isUnused(now));
		}
		return (this.budgets.size() < MAX_BUDGETS) ? this.budgets.computeIfAbsent(service, (name) -> new RetryBudget())
				: this.shared;
	}

}
