package dev.cloudmap.discovery.loadbalancer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;

/**
 * Chooses one of a service's instances in the catalog: not an ejected one unless its
 * trial is due, first those of the own zone, and none that the request has tried. A
 * choice takes no I/O, unless nothing is known of the service yet, and no lock, but where
 * its list or who is ejected has just changed.
 */
public final class CatalogLoadBalancer implements ReactorServiceInstanceLoadBalancer {

	private static final Mono<Response<ServiceInstance>> NOBODY = Mono.just(new EmptyResponse());

	private final String serviceId;

	private final InstanceCatalog catalog;

	private final CallStatistics statistics;

	private final @Nullable NoInstances noInstances;

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
	 */
	public CatalogLoadBalancer(String serviceId, InstanceCatalog catalog, CallStatistics statistics,
			@Nullable NoInstances noInstances) {
		this.serviceId = serviceId;
		this.catalog = catalog;
		this.statistics = statistics;
		this.noInstances = noInstances;
	}

	@Override
	@SuppressWarnings("rawtypes")
	public Mono<Response<ServiceInstance>> choose(Request request) {
		// whoever subscribes again wants another one
		return Mono.defer(() -> decide((Request<?>) request))
			.onErrorResume(DiscoveryException.class, (failure) -> WithoutInstance.response(request, failure));
	}

	private Mono<Response<ServiceInstance>> decide(Request<?> request) {
		WatchedService service = this.catalog.service(this.serviceId);
		List<ServiceInstance> known = service.known();
		return (known != null) ? decide(service, known, request)
				: Mono.fromCompletionStage(service.instances()).flatMap((found) -> decide(service, found, request));
	}

	private Mono<Response<ServiceInstance>> decide(WatchedService service, List<ServiceInstance> known,
			Request<?> request) {
		if (known.isEmpty()) {
			// each client of Spring Cloud has another way to fail, and none of them tells
			// why
			return (this.noInstances != null) ? Mono.error(this.noInstances.of(this.serviceId)) : NOBODY;
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
