package dev.cloudmap.discovery.loadbalancer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.OtherInstances;

/**
 * Hands the catalog's list to the load balancer, with an instance as often in it as its
 * weight says: no cache stands between. Of a service that the catalog does not know it is
 * what another discovery client knows. A subscriber that stays receives the new list
 * after each change of the catalog, on a thread that may block; a load balancer takes the
 * first list and leaves.
 */
public final class CatalogServiceInstanceListSupplier implements ServiceInstanceListSupplier {

	/** One list, so that it is not taken for a change. */
	private static final List<ServiceInstance> NONE = List.of();

	private final String serviceId;

	private final InstanceCatalog catalog;

	private final OtherDiscoveryClients others;

	private final WeightedTurns turns = new WeightedTurns();

	private final Scheduler scheduler;

	private final Flux<List<ServiceInstance>> instances;

	/**
	 * Creates the supplier.
	 * @param serviceId the service's id
	 * @param catalog knows its instances
	 * @param others the application's other discovery clients
	 * @param scheduler calls subscribers that have waited, and those that stay
	 */
	@SuppressWarnings("ReferenceEquality")
	public CatalogServiceInstanceListSupplier(String serviceId, InstanceCatalog catalog, OtherDiscoveryClients others,
			Scheduler scheduler) {
		this.serviceId = serviceId;
		this.catalog = catalog;
		this.others = others;
		this.scheduler = scheduler;
		// what follows is subscribed to only by those who want more than the first
		this.instances = Flux
			.concat(Mono.defer(this::current),
					Flux.defer(() -> Flux.create(this::follow, OverflowStrategy.LATEST).publishOn(scheduler, 1)))
			.distinctUntilChanged(Function.identity(), (before, after) -> before == after);
	}

	private Mono<List<ServiceInstance>> current() {
		if (!this.others.arePreferred()) {
			return byCatalog();
		}
		return elsewhere((found) -> found.preferred().isEmpty() ? byCatalog() : Mono.just(found.preferred()));
	}

	private Mono<List<ServiceInstance>> byCatalog() {
		return Mono.defer(() -> {
			WatchedService service = this.catalog.service(this.serviceId);
			List<ServiceInstance> known = service.known();
			return (known != null) ? Mono.just(known) : Mono.fromFuture(service.instances()).publishOn(this.scheduler);
		})
			.onErrorResume(DiscoveryException.class,
					(failure) -> elsewhere(
							(found) -> found.others().isEmpty() ? Mono.error(failure) : Mono.just(found.others())))
			.flatMap((known) -> known.isEmpty() ? elsewhere((found) -> Mono.just(found.others()))
					: Mono.just(this.turns.of(known)));
	}

	private Mono<List<ServiceInstance>> elsewhere(Function<OtherInstances, Mono<List<ServiceInstance>>> decision) {
		CompletableFuture<OtherInstances> found = this.others.instances(this.serviceId);
		return found.isDone() ? decision.apply(found.join())
				: Mono.fromFuture(found).publishOn(this.scheduler).flatMap(decision);
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
			sink.next(known());
		}
		while (changes.addAndGet(-seen) > 0);
	}

	private List<ServiceInstance> known() {
		List<ServiceInstance> known = this.catalog.service(this.serviceId).known();
		OtherInstances elsewhere = this.others.known(this.serviceId);
		if (elsewhere != null && !elsewhere.preferred().isEmpty()) {
			return elsewhere.preferred();
		}
		if (known != null && !known.isEmpty()) {
			return this.turns.of(known);
		}
		return (elsewhere != null) ? elsewhere.others() : NONE;
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
