package dev.cloudmap.discovery.loadbalancer;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.TimedRequestContext;
import org.springframework.http.HttpHeaders;

import dev.cloudmap.discovery.catalog.CatalogServiceInstance;
import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Sees each load-balanced call begin and end: it goes into the statistics, and the
 * catalog looks a service up at once when one of its instances could not be connected to
 * or is ejected.
 */
public final class CallObserver implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

	private final InstanceCatalog catalog;

	private final CallStatistics statistics;

	private final CallListener listener;

	/**
	 * Creates the observer.
	 * @param catalog is told of suspicions; not null
	 * @param statistics are told of calls; not null
	 * @param listener is told of ejections; not null
	 */
	public CallObserver(InstanceCatalog catalog, CallStatistics statistics, CallListener listener) {
		this.catalog = catalog;
		this.statistics = statistics;
		this.listener = listener;
	}

	@Override
	public void onStart(Request<Object> request) {
	}

	@Override
	public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
		long now = this.statistics.now();
		if (request.getContext() instanceof TimedRequestContext timed) {
			timed.setRequestStartTime(now);
		}
		CatalogServiceInstance instance = own(response);
		ServiceStatistics service = statistics(instance);
		if (instance == null || service == null) {
			return;
		}
		if (isWebSocket(request)) {
			service.beginLasting(instance, now);
		}
		else if (service.begin(instance, now)) {
			ejected(instance, service);
		}
	}

	/** A gateway tells of one when it closes. */
	private static boolean isWebSocket(Request<Object> request) {
		if (!(request.getContext() instanceof RequestDataContext context)) {
			return false;
		}
		HttpHeaders headers = (context.getClientRequest() != null) ? context.getClientRequest().getHeaders() : null;
		return headers != null && "websocket".equalsIgnoreCase(headers.getUpgrade());
	}

	@Override
	public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
		Response<ServiceInstance> response = completion.getLoadBalancerResponse();
		ServiceInstance server = (response != null) ? response.getServer() : null;
		if (response == null || server == null) {
			return;
		}
		CallOutcome outcome = CallOutcome.of(completion);
		CatalogServiceInstance instance = own(response);
		ServiceStatistics service = statistics(instance);
		if (instance != null && service != null
				&& end(service, instance, outcome, completion.getLoadBalancerRequest())) {
			ejected(instance, service);
		}
		else if (outcome == CallOutcome.NOT_CONNECTED) {
			this.catalog.suspect(server);
		}
	}

	/**
	 * The instance as the statistics know it, which a gateway may have wrapped.
	 */
	private @Nullable CatalogServiceInstance own(Response<ServiceInstance> response) {
		ServiceInstance server = response.getServer();
		return (server != null) ? this.catalog.catalogInstance(server) : null;
	}

	private void ejected(ServiceInstance instance, ServiceStatistics service) {
		this.listener.ejected(service.name());
		this.catalog.suspect(instance);
	}

	private boolean end(ServiceStatistics service, ServiceInstance instance, CallOutcome outcome,
			@Nullable Request<Object> request) {
		long now = this.statistics.now();
		Object context = (request != null) ? request.getContext() : null;
		long started = (context instanceof TimedRequestContext timed && timed.getRequestStartTime() != 0)
				? timed.getRequestStartTime() : now;
		return service.end(instance, outcome, started, now);
	}

	/**
	 * The statistics of an instance's service; null if its calls are not balanced here.
	 */
	private @Nullable ServiceStatistics statistics(@Nullable CatalogServiceInstance instance) {
		return (instance != null) ? this.statistics.known(instance.service()) : null;
	}

}
