package dev.cloudmap.discovery.loadbalancer;

import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;

import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Hands the catalog's list to the load balancer, with an instance as often in it as its
 * weight says: no cache stands between.
 */
final class CatalogServiceInstanceListSupplier implements ServiceInstanceListSupplier {

	private final String serviceId;

	private final Flux<List<ServiceInstance>> instances;

	CatalogServiceInstanceListSupplier(String serviceId, InstanceCatalog catalog) {
		this.serviceId = serviceId;
		WeightedTurns turns = new WeightedTurns();
		this.instances = Mono.fromCompletionStage(() -> catalog.service(serviceId).instances()).map(turns::of).flux();
	}

	@Override
	public String getServiceId() {
		return this.serviceId;
	}

	@Override
	public Flux<List<ServiceInstance>> get() {
		return this.instances;
	}

}
