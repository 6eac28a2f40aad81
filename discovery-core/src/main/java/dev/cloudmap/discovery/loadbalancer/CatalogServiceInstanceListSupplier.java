package dev.cloudmap.discovery.loadbalancer;

import java.util.List;
import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.loadbalancer.choice.WeightedTurns;

/**
 * Supplies the catalog's list, uncached, to a load balancer of the user. It contains an
 * instance as often as its weight says. For a service that the catalog does not know it
 * supplies the instances of another discovery client. After the first list, a subscriber
 * receives a list after each change, on a thread that may block.
 */
public final class CatalogServiceInstanceListSupplier implements ServiceInstanceListSupplier {

	/** A single list, since lists are compared by reference. */
	private static final List<ServiceInstance> NONE = List.of();

	private final InstanceCatalog catalog;

	private final FoundInstances.Source source;

	private final WeightedTurns turns = new WeightedTurns();

	private final Flux<List<ServiceInstance>> instances;

	/**
	 * Creates the supplier.
	 * @param serviceId the id of the service
	 * @param catalog the catalog
	 * @param others the application's other discovery clients
	 * @param scheduler calls subscribers that have waited, and those that stay
	 */
	@SuppressWarnings("ReferenceEquality")
	public CatalogServiceInstanceListSupplier(String serviceId, InstanceCatalog catalog, OtherDiscoveryClients others,
			Scheduler scheduler) {
		this.catalog = catalog;
		this.source = new FoundInstances.Source(serviceId, catalog, others, scheduler);
		// subscribed to only by those who request more than the first list
		Flux<List<ServiceInstance>> changes = Flux
			.defer(() -> Flux.create(this::follow, OverflowStrategy.LATEST).publishOn(scheduler, 1))
			.map((changed) -> latest());
		this.instances = Flux.concat(Mono.defer(this.source::lookup).map(this::turns), changes)
			.distinctUntilChanged(Function.identity(), (before, after) -> before == after);
	}

	private List<ServiceInstance> turns(FoundInstances found) {
		return (found.service() != null) ? this.turns.of(found.instances()) : found.instances();
	}

	/**
	 * Emits a signal for each change, and one for what has changed since the first list.
	 */
	private void follow(FluxSink<Boolean> changes) {
		changes.onDispose(this.catalog.follow(getServiceId(), (instances) -> changes.next(true))::run);
		changes.next(true);
	}

	private List<ServiceInstance> latest() {
		FoundInstances known = this.source.known();
		return (known != null) ? turns(known) : NONE;
	}

	@Override
	public String getServiceId() {
		return this.source.serviceId();
	}

	@Override
	public Flux<List<ServiceInstance>> get() {
		return this.instances;
	}

}
