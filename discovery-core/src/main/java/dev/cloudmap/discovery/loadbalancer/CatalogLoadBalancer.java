package dev.cloudmap.discovery.loadbalancer;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesDiagnosis;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.ServiceBalancer;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceKey;

/**
 * Spring Cloud's load balancer of one name. The {@link ServiceBalancer} chooses among the
 * instances of the catalog, and returns an {@link Attempt}. A choice does no I/O unless
 * the service is not known yet.
 * <p>
 * The instances of another discovery client ({@link OtherDiscoveryClients}) are called in
 * turn. They are never ejected.
 */
public final class CatalogLoadBalancer implements ReactorServiceInstanceLoadBalancer {

	private final FoundInstances.Source source;

	private final CallStatistics statistics;

	private final @Nullable NoInstancesDiagnosis noInstances;

	private final AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));

	private volatile @Nullable ServiceBalancer balancer;

	/**
	 * Creates the load balancer.
	 * @param serviceId the id of the service
	 * @param catalog the catalog
	 * @param statistics the statistics of calls
	 * @param noInstances explains why a service has no instances; null to leave that to
	 * the client
	 * @param others the application's other discovery clients
	 */
	public CatalogLoadBalancer(String serviceId, InstanceCatalog catalog, CallStatistics statistics,
			@Nullable NoInstancesDiagnosis noInstances, OtherDiscoveryClients others) {
		this.source = new FoundInstances.Source(serviceId, catalog, others, Schedulers.boundedElastic());
		this.statistics = statistics;
		this.noInstances = noInstances;
	}

	@Override
	@SuppressWarnings("rawtypes")
	public Mono<Response<ServiceInstance>> choose(Request request) {
		return new Choice((Request<?>) request);
	}

	private Mono<Response<ServiceInstance>> decide(Request<?> request) {
		FoundInstances known = known();
		return (known != null) ? Mono.just(choose(known, request))
				: this.source.lookup()
					.flatMap((found) -> found.instances().isEmpty() ? none() : Mono.just(choose(found, request)))
					.onErrorResume(DiscoveryException.class, (failure) -> without(request, failure));
	}

	private @Nullable FoundInstances known() {
		try {
			return this.source.waitsForOthers() ? null : this.source.known();
		}
		catch (DiscoveryException ex) {
			// the lookup fails with it, unless another client has instances
			return null;
		}
	}

	/**
	 * Without instances, each client of Spring Cloud fails in its own way, without a
	 * reason.
	 */
	private Mono<Response<ServiceInstance>> none() {
		return (this.noInstances != null) ? Mono.error(this.noInstances.of(this.source.serviceId()))
				: Mono.just(new EmptyResponse());
	}

	private Mono<Response<ServiceInstance>> without(Request<?> request, DiscoveryException failure) {
		if (this.noInstances != null && WithoutInstance.isOfGatewayMvc(request)) {
			this.noInstances.logUnavailable(this.source.serviceId(), failure);
		}
		return WithoutInstance.response(request, failure);
	}

	private Response<ServiceInstance> choose(FoundInstances found, Request<?> request) {
		WatchedService service = found.service();
		Set<InstanceKey> tried = Call.tried(request);
		return (service != null) ? balancer(service).choose(service, found.instances(), request, tried)
				: new DefaultResponse(next(found.instances(), tried));
	}

	private ServiceBalancer balancer(WatchedService service) {
		ServiceBalancer known = this.balancer;
		if (known == null) {
			known = this.statistics.of(service.name());
			this.balancer = known;
		}
		return known;
	}

	private ServiceInstance next(List<ServiceInstance> instances, Set<InstanceKey> tried) {
		List<ServiceInstance> untried = instances.stream()
			.filter((instance) -> !tried.contains(InstanceKey.of(instance)))
			.toList();
		List<ServiceInstance> candidates = untried.isEmpty() ? instances : untried;
		// a retry takes no turn from the next request
		int turn = tried.isEmpty() ? this.turn.getAndIncrement() : this.turn.get();
		return candidates.get(Math.floorMod(turn, candidates.size()));
	}

	/**
	 * A choice, which each subscription makes again. A blocking client gets one of the
	 * known instances without a subscription, which would cost more than the choice.
	 */
	private final class Choice extends Mono<Response<ServiceInstance>> {

		private final Request<?> request;

		private Choice(Request<?> request) {
			this.request = request;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Response<ServiceInstance>> subscriber) {
			Mono.defer(() -> decide(this.request)).subscribe(subscriber);
		}

		@Override
		public @Nullable Response<ServiceInstance> block() {
			FoundInstances known = known();
			return (known != null) ? choose(known, this.request) : super.block();
		}

	}

}
