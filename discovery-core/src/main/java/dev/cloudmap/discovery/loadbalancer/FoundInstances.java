package dev.cloudmap.discovery.loadbalancer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.OtherInstances;

/**
 * The instances that a name leads to: those of the catalog, or those of another discovery
 * client where the catalog has none or the order of that client comes first.
 *
 * @param service the service of the catalog; null if another client has found them
 * @param instances the instances
 */
record FoundInstances(@Nullable WatchedService service, List<ServiceInstance> instances) {

	/**
	 * Finds the instances of one name. Thread-safe.
	 */
	static final class Source {

		private final String serviceId;

		private final InstanceCatalog catalog;

		private final OtherDiscoveryClients others;

		private final Scheduler scheduler;

		/** The last result of the catalog, so that most calls need no new object. */
		private volatile @Nullable FoundInstances last;

		/**
		 * Creates the source.
		 * @param serviceId the name as it is called
		 * @param catalog the catalog
		 * @param others the other discovery clients
		 * @param scheduler continues where a lookup was waited for
		 */
		Source(String serviceId, InstanceCatalog catalog, OtherDiscoveryClients others, Scheduler scheduler) {
			this.serviceId = serviceId;
			this.catalog = catalog;
			this.others = others;
			this.scheduler = scheduler;
		}

		String serviceId() {
			return this.serviceId;
		}

		/**
		 * Whether a client whose order comes first has to be waited for.
		 */
		boolean waitsForOthers() {
			return this.others.arePreferred() && this.others.known(this.serviceId) == null;
		}

		/**
		 * The instances that are known, without waiting.
		 * @return the instances, at least one; null if none is known
		 * @throws DiscoveryException if the name can't be a service's
		 */
		@Nullable FoundInstances known() {
			OtherInstances preferred = this.others.arePreferred() ? this.others.known(this.serviceId) : null;
			if (preferred != null && !preferred.preferred().isEmpty()) {
				return new FoundInstances(null, preferred.preferred());
			}
			WatchedService service = this.catalog.service(this.serviceId);
			List<ServiceInstance> known = service.known();
			if (known != null && !known.isEmpty()) {
				return inCatalog(service, known);
			}
			OtherInstances elsewhere = this.others.known(this.serviceId);
			return (elsewhere != null && !elsewhere.others().isEmpty()) ? new FoundInstances(null, elsewhere.others())
					: null;
		}

		@SuppressWarnings("ReferenceEquality")
		private FoundInstances inCatalog(WatchedService service, List<ServiceInstance> instances) {
			FoundInstances found = this.last;
			if (found == null || found.service() != service || found.instances() != instances) {
				found = new FoundInstances(service, instances);
				this.last = found;
			}
			return found;
		}

		/**
		 * The instances after the first lookup.
		 * @return the instances, empty if there are none; fails if the lookup fails and
		 * no other client has any
		 */
		Mono<FoundInstances> lookup() {
			if (!this.others.arePreferred()) {
				return inCatalog();
			}
			return elsewhere(OtherInstances::preferred)
				.flatMap((found) -> found.instances().isEmpty() ? inCatalog() : Mono.just(found));
		}

		private Mono<FoundInstances> inCatalog() {
			return Mono.defer(() -> {
				WatchedService service = this.catalog.service(this.serviceId);
				return await(service.instances()).map((instances) -> new FoundInstances(service, instances));
			})
				.onErrorResume(DiscoveryException.class,
						(failure) -> elsewhere(OtherInstances::others)
							.flatMap((found) -> found.instances().isEmpty() ? Mono.error(failure) : Mono.just(found)))
				.flatMap((found) -> found.instances().isEmpty() ? elsewhere(OtherInstances::others) : Mono.just(found));
		}

		private Mono<FoundInstances> elsewhere(Function<OtherInstances, List<ServiceInstance>> which) {
			return Mono.defer(() -> await(this.others.instances(this.serviceId)))
				.map((found) -> new FoundInstances(null, which.apply(found)));
		}

		/** A lookup's thread must not block, as what follows may. */
		private <T> Mono<T> await(CompletableFuture<T> future) {
			Mono<T> result = Mono.fromFuture(future);
			return future.isDone() ? result : result.publishOn(this.scheduler);
		}

	}

}
