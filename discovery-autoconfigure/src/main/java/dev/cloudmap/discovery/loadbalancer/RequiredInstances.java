package dev.cloudmap.discovery.loadbalancer;

import java.util.List;

import reactor.core.publisher.Flux;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.loadbalancer.core.DelegatingServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;

/**
 * Fails a request to a service that has no instances with an error that says which others
 * there are: each client of Spring Cloud has another way to fail, and none of them tells.
 * Who follows the list is given the empty one.
 */
final class RequiredInstances extends DelegatingServiceInstanceListSupplier {

	private final NoInstances noInstances;

	RequiredInstances(ServiceInstanceListSupplier delegate, NoInstances noInstances) {
		super(delegate);
		this.noInstances = noInstances;
	}

	@Override
	public Flux<List<ServiceInstance>> get() {
		return this.delegate.get();
	}

	@Override
	@SuppressWarnings("rawtypes")
	public Flux<List<ServiceInstance>> get(Request request) {
		return this.delegate.get(request).map(this::required);
	}

	private List<ServiceInstance> required(List<ServiceInstance> instances) {
		if (instances.isEmpty()) {
			throw this.noInstances.of(getServiceId());
		}
		return instances;
	}

}
