package dev.cloudmap.discovery.client;

import java.time.Duration;
import java.util.List;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;

/**
 * Adapts a reactive client to the blocking interface.
 *
 * @param client the reactive client
 * @param timeout the timeout of each call
 */
record ReactiveClientAdapter(ReactiveDiscoveryClient client, Duration timeout) implements DiscoveryClient {

	@Override
	public String description() {
		return this.client.description();
	}

	@Override
	public List<ServiceInstance> getInstances(String serviceId) {
		List<ServiceInstance> instances = this.client.getInstances(serviceId).collectList().block(this.timeout);
		return (instances != null) ? instances : List.of();
	}

	@Override
	public List<String> getServices() {
		List<String> services = this.client.getServices().collectList().block(this.timeout);
		return (services != null) ? services : List.of();
	}

	@Override
	public int getOrder() {
		return this.client.getOrder();
	}

}
