package dev.cloudmap.discovery.loadbalancer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
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
import dev.cloudmap.discovery.client.OtherInstances;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Chooses one of a service's instances in the catalog: not an ejected one unless its
 * trial is due, first those of the own zone, and none that the request has tried. A
 * choice takes no I/O, unless nothing is known of the service yet, and no lock, but where
 * its list or who is ejected has just changed.
 * <p>
 * Of a service that the catalog does not know, or that a discovery client with a higher
 * precedence knows, the instances of another client are called in turn
 * ({@link OtherDiscoveryClients}). None of them is ejected.
 */
public final class CatalogLoadBalancer implements ReactorServiceInstanceLoadBalancer {

	private static final Mono<Response<ServiceInstance>> NOBODY = Mono.just(new EmptyResponse());

	private final String serviceId;

	private final InstanceCatalog catalog;

	private final CallStatistics statistics;

	private final @Nullable NoInstances noInstances;

	private final OtherDiscoveryClients others;

	private final AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));

	private final WeightedTurns weights = new WeightedTurns();

	private volatile @Nullable Target target;

	private volatile @Nullable Candidates candidates;

	/**
	 * Creates the load balancer.
	 * @param serviceId the service's id; not null
	 * @param catalog knows its instances; not null
	 * @param statistics knows what calls have shown; not null
	 * @param noInstances says what else there is where a service has no instances; null
	 * to leave that to the client
	 * @param others the application's other discovery clients
	 */
	public CatalogLoadBalancer(String serviceId, InstanceCatalog catalog, CallStatistics statistics,
			@Nullable NoInstances noInstances, OtherDiscoveryClients others) {
		this.serviceId = serviceId;
		this.catalog = catalog;
		this.statistics = statistics;
		this.noInstances = noInstances;
		this.others = others;
	}

	@Override
	@SuppressWarnings("rawtypes")
	public Mono<Response<ServiceInstance>> choose(Request request) {
		// whoever subscribes again wants another one
		return Mono.defer(() -> decide((Request<?>) request))
			.onErrorResume(DiscoveryException.class, (failure) -> WithoutInstance.response(request, failure));
	}

	private Mono<Response<ServiceInstance>> decide(Request<?> request) {
		if (!this.others.arePreferred()) {
			return decideByCatalog(request);
		}
		return elsewhere((found) -> found.preferred().isEmpty() ? decideByCatalog(request)
				: another(found.preferred(), request));
	}

	private Mono<Response<ServiceInstance>> decideByCatalog(Request<?> request) {
		WatchedService service;
		try {
			service = this.catalog.service(this.serviceId);
		}
		catch (DiscoveryException ex) {
			return decideElsewhere(request, ex);
		}
		List<ServiceInstance> known = service.known();
		if (known != null) {
			return decide(service, known, request);
		}
		OtherInstances elsewhere = this.others.known(this.serviceId);
		if (elsewhere != null && !elsewhere.others().isEmpty()) {
			return another(elsewhere.others(), request);
		}
		// what follows may block, which a thread for lookups must not
		return Mono
			.fromCompletionStage(service.instances()
				.handle((found, failure) -> (found != null) ? decide(service, found, request)
						: decideElsewhere(request, Futures.cause(failure))))
			.publishOn(Schedulers.boundedElastic())
			.flatMap(Function.identity());
	}

	private Mono<Response<ServiceInstance>> decideElsewhere(Request<?> request, @Nullable Throwable failure) {
		return elsewhere((found) -> found.others().isEmpty() ? nobody(failure) : another(found.others(), request));
	}

	private Mono<Response<ServiceInstance>> elsewhere(
			Function<OtherInstances, Mono<Response<ServiceInstance>>> decision) {
		CompletableFuture<OtherInstances> found = this.others.instances(this.serviceId);
		return found.isDone() ? decision.apply(found.join())
				: Mono.fromFuture(found).publishOn(Schedulers.boundedElastic()).flatMap(decision);
	}

	/**
	 * Each client of Spring Cloud has another way to fail without instances, and none of
	 * them says why.
	 */
	private Mono<Response<ServiceInstance>> nobody(@Nullable Throwable failure) {
		if (failure != null) {
			return Mono.error(failure);
		}
		return (this.noInstances != null) ? Mono.error(this.noInstances.of(this.serviceId)) : NOBODY;
	}

	private Mono<Response<ServiceInstance>> another(List<ServiceInstance> instances, Request<?> request) {
		Set<InstanceKey> tried = TriedInstances.of(request);
		List<ServiceInstance> untried = instances.stream()
			.filter((instance) -> !tried.contains(InstanceKey.of(instance)))
			.toList();
		List<ServiceInstance> candidates = untried.isEmpty() ? instances : untried;
		// a request that is sent again takes no turn from the next one
		int turn = tried.isEmpty() ? this.turn.getAndIncrement() : this.turn.get();
		return Mono.just(new DefaultResponse(candidates.get(Math.floorMod(turn, candidates.size()))));
	}

	private Mono<Response<ServiceInstance>> decide(WatchedService service, List<ServiceInstance> known,
			Request<?> request) {
		if (known.isEmpty()) {
			return decideElsewhere(request, null);
		}
		Target target = target(service);
		Pool pool = candidates(service, target.statistics(), known).pool(request);
		Set<InstanceKey> tried = TriedInstances.of(request);
		if (!tried.isEmpty()) {
			return target.balancing().chooseAnother(pool.candidates(tried)).response();
		}
		Candidate trial = pool.trial(target.statistics());
		return (trial != null) ? trial.response()
				: target.balancing().choose(pool.candidates(), pool.turn()).response();
	}

	private Target target(WatchedService service) {
		Target known = this.target;
		if (known == null) {
			ServiceStatistics statistics = this.statistics.of(service.name());
			known = new Target(statistics, statistics.settings().algorithm().create(statistics::now));
			this.target = known;
		}
		return known;
	}

	private Candidates candidates(WatchedService service, ServiceStatistics statistics,
			List<ServiceInstance> instances) {
		Candidates known = this.candidates;
		String zone = statistics.settings().zone().get();
		if (known != null && known.isOf(instances, statistics.ejections(), zone)) {
			return known;
		}
		Runnable told = null;
		statistics.lists().lock();
		try {
			List<ServiceInstance> last = last(service, instances);
			Candidates before = this.candidates;
			List<Candidate> turns;
			if (before != null && before.isOf(last)) {
				turns = before.turns();
			}
			else {
				told = statistics.instances(last);
				turns = turns(statistics, last);
			}
			Candidates current = new Candidates(last, turns, statistics.ejections(), zone,
					statistics.settings().subset(), statistics.now());
			this.candidates = current;
			return current;
		}
		finally {
			statistics.lists().unlock();
			if (told != null) {
				told.run();
			}
		}
	}

	/**
	 * Who had to wait may have read a list that is not the last any more: those that have
	 * come since would be forgotten by it. The last may be none.
	 */
	private static List<ServiceInstance> last(WatchedService service, List<ServiceInstance> read) {
		List<ServiceInstance> last = service.known();
		return (last == null || last.isEmpty()) ? read : last;
	}

	private List<Candidate> turns(ServiceStatistics statistics, List<ServiceInstance> instances) {
		Map<ServiceInstance, Candidate> candidates = new HashMap<>();
		return this.weights.of(instances)
			.stream()
			.map((instance) -> candidates.computeIfAbsent(instance, (one) -> Candidate.of(one, statistics)))
			.toList();
	}

	private record Target(ServiceStatistics statistics, Balancing balancing) {
	}

}
