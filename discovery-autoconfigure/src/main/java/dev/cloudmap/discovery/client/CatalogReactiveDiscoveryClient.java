package dev.cloudmap.discovery.client;

import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.catalog.WatchedService;

/**
 * Spring Cloud's reactive client over the catalog: blocks no thread, not even for the
 * first look-up of a service, which fails with {@link DiscoveryException} if it fails.
 */
public final class CatalogReactiveDiscoveryClient implements ReactiveDiscoveryClient {

	private final InstanceCatalog catalog;

	private final ServiceList services;

	public CatalogReactiveDiscoveryClient(InstanceCatalog catalog, ServiceList services) {
		this.catalog = catalog;
		this.services = services;
	}

	@Override
	public String description() {
		return CatalogDiscoveryClient.DESCRIPTION + " (reactive)";
	}

	@Override
	public Flux<ServiceInstance> getInstances(String serviceId) {
		return Flux.defer(() -> {
			WatchedService service = this.catalog.service(serviceId);
			List<ServiceInstance> known = service.known();
			return (known != null) ? Flux.fromIterable(known)
					: Mono.fromCompletionStage(service.instances()).flatMapIterable((instances) -> instances);
		});
	}

	@Override
	public Flux<String> getServices() {
		return Mono.fromCompletionStage(this.services::names).flatMapIterable(this.catalog::serviceIds);
	}

	@Override
	public Mono<Void> reactiveProbe() {
		return Mono.empty();
	}

}
