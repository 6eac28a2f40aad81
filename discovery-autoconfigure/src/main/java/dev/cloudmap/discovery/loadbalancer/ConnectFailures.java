package dev.cloudmap.discovery.loadbalancer;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;

import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Tells the catalog of instances that a request could not connect to: it looks the
 * service up at once.
 */
public final class ConnectFailures implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

	private final InstanceCatalog catalog;

	public ConnectFailures(InstanceCatalog catalog) {
		this.catalog = catalog;
	}

	@Override
	public void onStart(Request<Object> request) {
	}

	@Override
	public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
	}

	@Override
	public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
		Response<ServiceInstance> response = completion.getLoadBalancerResponse();
		ServiceInstance instance = (response != null) ? response.getServer() : null;
		if (instance != null && completion.status() == CompletionContext.Status.FAILED
				&& CallOutcome.of(completion) == CallOutcome.NOT_CONNECTED) {
			this.catalog.suspect(instance);
		}
	}

}
