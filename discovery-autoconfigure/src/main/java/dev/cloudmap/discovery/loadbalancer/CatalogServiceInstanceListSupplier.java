package dev.cloudmap.discovery.loadbalancer;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;

/**
 * Hands the catalog's list to the load balancer, with an instance as often in it as its
 * weight says: no cache stands between. Who stays is handed the new list after each
 * change; a load balancer takes the first and leaves, and is known to nobody.
 */
final class CatalogServiceInstanceListSupplier implements ServiceInstanceListSupplier {

	private final String serviceId;

	private final InstanceCatalog catalog;

	private final WeightedTurns turns = new WeightedTurns();

	private final Flux<List<ServiceInstance>> instances;

	@SuppressWarnings("ReferenceEquality")
	CatalogServiceInstanceListSupplier(String serviceId, InstanceCatalog catalog) {
		this.serviceId = serviceId;
		this.catalog = catalog;
		// what follows is subscribed to only by those who want more than the first
		this.instances = Flux.concat(Mono.defer(this::current), Flux.create(this::follow, OverflowStrategy.LATEST))
			.distinctUntilChanged(Function.identity(), (before, after) -> before == after);
	}

	private Mono<List<ServiceInstance>> current() {
		WatchedService service = this.catalog.service(this.serviceId);
		List<ServiceInstance> known = service.known();
		return (known != null) ? Mono.just(this.turns.of(known))
				: Mono.fromCompletionStage(service.instances()).map(this.turns::of);
	}

	private void follow(FluxSink<List<ServiceInstance>> sink) {
		AtomicInteger changes = new AtomicInteger();
		sink.onDispose(this.catalog.follow(this.serviceId, (instances) -> tell(sink, changes))::run);
		// what has changed since the first
		tell(sink, changes);
	}

	/**
	 * Hands on what is known, by one thread at a time: the last list is never one that
	 * was read before another.
	 */
	private void tell(FluxSink<List<ServiceInstance>> sink, AtomicInteger changes) {
		if (changes.getAndIncrement() > 0) {
			return;
		}
		int seen;
		do {
			seen = changes.get();
			List<ServiceInstance> known = this.catalog.service(this.serviceId).known();
			sink.next((known != null) ? this.turns.of(known) : List.of());
		}
		while (changes.addAndGet(-seen) > 0);
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
