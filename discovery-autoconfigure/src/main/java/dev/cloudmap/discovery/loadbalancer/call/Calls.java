package dev.cloudmap.discovery.loadbalancer.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.loadbalancer.CallListener;

/**
 * Begins this application's load-balanced calls.
 */
public final class Calls {

	private final InstanceCatalog catalog;

	private final Function<ServiceName, CallSettings> settings;

	private final CallListener listener;

	private final LongSupplier ticker;

	private final Map<ServiceName, RetryBudget> budgets = new ConcurrentHashMap<>();

	/**
	 * Creates it.
	 * @param catalog knows the services' instances; not null
	 * @param settings how each service is called, asked for each call; not null
	 * @param listener is told of retries; not null
	 * @param ticker the time in nanoseconds, which never goes back; not null
	 */
	public Calls(InstanceCatalog catalog, Function<ServiceName, CallSettings> settings, CallListener listener,
			LongSupplier ticker) {
		this.catalog = catalog;
		this.settings = settings;
		this.listener = listener;
		this.ticker = ticker;
	}

	/**
	 * Begins a call.
	 * @param serviceId the service as the client names it; not null
	 * @param method the request's HTTP method; not null
	 * @throws InvalidNameException if no service can have that name
	 */
	public Call begin(String serviceId, String method) {
		WatchedService service = this.catalog.service(serviceId);
		RetryBudget budget = this.budgets.computeIfAbsent(service.name(), (name) -> new RetryBudget());
		budget.request(this.ticker.getAsLong());
		return new Call(service, method, this.settings.apply(service.name()), budget, this.listener, this.ticker);
	}

}
