package dev.cloudmap.discovery.loadbalancer;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;

/**
 * The instances that a request has been sent to before, which it is not sent to again as
 * long as there is another.
 */
public final class TriedInstances {

	/**
	 * The name of a request's attribute, in {@link RequestData#getAttributes()}, whose
	 * value is a collection of the {@link ServiceInstance}s that it has been sent to.
	 * Spring Cloud LoadBalancer's own retries tell only of the last one, without it.
	 */
	public static final String ATTRIBUTE = "dev.cloudmap.discovery.loadbalancer.tried";

	private TriedInstances() {
	}

	/**
	 * What a request has tried.
	 * @param request the request; not null
	 * @return the instances' keys; empty if it is sent for the first time
	 */
	static Set<InstanceKey> of(Request<?> request) {
		if (!(request.getContext() instanceof RequestDataContext context)) {
			return Set.of();
		}
		ServiceInstance previous = (context instanceof RetryableRequestContext retry)
				? retry.getPreviousServiceInstance() : null;
		RequestData data = context.getClientRequest();
		Object tried = (data != null && data.getAttributes() != null) ? data.getAttributes().get(ATTRIBUTE) : null;
		if (previous == null && tried == null) {
			return Set.of();
		}
		Set<InstanceKey> keys = new HashSet<>();
		if (previous != null) {
			keys.add(InstanceKey.of(previous));
		}
		if (tried instanceof Collection<?> instances) {
			instances.forEach((instance) -> {
				if (instance instanceof ServiceInstance known) {
					keys.add(InstanceKey.of(known));
				}
			});
		}
		return keys;
	}

}
