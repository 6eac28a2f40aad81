package dev.cloudmap.discovery.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.WatchedService;

/**
 * Spring Cloud's reactive discovery client over the catalog. It never blocks a thread.
 * After the first lookup of a service, subscribers are called on
 * {@link Schedulers#boundedElastic()}, since they may block. Failures are those of
 * {@link CatalogDiscoveryClient}. Thread-safe.
 */
public final class CatalogReactiveDiscoveryClient implements ReactiveDiscoveryClient {

	private final InstanceCatalog catalog;

	private final NamespaceServices services;

	private final OtherDiscoveryClients others;

	/**
	 * Creates the client.
	 * @param catalog the instances
	 * @param services the services of the namespaces
	 * @param others the application's other discovery clients
	 */
	public CatalogReactiveDiscoveryClient(InstanceCatalog catalog, NamespaceServices services,
			OtherDiscoveryClients others) {
		this.catalog = catalog;
		this.services = services;
		this.others = others;
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
			if (known != null) {
				return Flux.fromIterable(known);
			}
			// other clients may have the service: do not wait for the next lookup
			return (service.failure() != null && this.others.exist()) ? Flux.empty() : awaited(service.instances());
		}).onErrorResume(DiscoveryException.class, (ex) -> this.others.exist() ? Flux.empty() : Flux.error(ex));
	}

	@Override
	public Flux<String> getServices() {
		return Flux.defer(() -> {
			CompletableFuture<List<String>> ids = this.services.ids();
			return ids.isDone() ? Mono.fromFuture(ids).flatMapIterable((known) -> known) : awaited(ids);
		}).onErrorResume(DiscoveryException.class, (ex) -> Flux.empty());
	}

	private static <T> Flux<T> awaited(CompletableFuture<List<T>> future) {
		return Mono.fromFuture(future).publishOn(Schedulers.boundedElastic()).flatMapIterable((found) -> found);
	}

	@Override
	public Mono<Void> reactiveProbe() {
		return Mono.empty();
	}

	@Override
	public int getOrder() {
		return this.others.ownOrder();
	}

}
