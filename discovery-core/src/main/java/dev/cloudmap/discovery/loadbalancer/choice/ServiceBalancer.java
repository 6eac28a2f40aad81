package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;

import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.loadbalancer.name.CallBy;
import dev.cloudmap.discovery.loadbalancer.name.InstanceNames;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceKey;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;

/**
 * Chooses the instances of one service. A choice takes no lock unless the list or the
 * ejections have just changed. Thread-safe.
 */
public final class ServiceBalancer {

	private final ServiceStatistics statistics;

	private final BalancingSettings settings;

	private final InstanceNames names;

	private final Balancing balancing;

	private final WeightedTurns weights = new WeightedTurns();

	/** Continues when the list or the ejections change. */
	private final AtomicInteger turn = Selection.firstTurn();

	private final Lock lock = new ReentrantLock();

	private volatile @Nullable Candidates candidates;

	ServiceBalancer(ServiceStatistics statistics, BalancingSettings settings, InstanceNames names) {
		this.statistics = statistics;
		this.names = names;
		this.settings = settings;
		this.balancing = settings.algorithm().create(statistics::now);
	}

	ServiceStatistics statistics() {
		return this.statistics;
	}

	/**
	 * Chooses an instance: no ejected one unless its trial is due, those of the local
	 * zone first, and none to which the request was sent before.
	 * @param service the service
	 * @param instances the catalog's list, not empty
	 * @param request the request
	 * @param tried the instances to which the request was sent before
	 * @return the attempt with the instance
	 */
	public Attempt choose(WatchedService service, List<ServiceInstance> instances, Request<?> request,
			Set<InstanceKey> tried) {
		Selection selection = candidates(service, instances).selection(request);
		Candidate chosen;
		if (!tried.isEmpty()) {
			// a retry takes no turn, which would shift the turns of the others
			chosen = this.balancing.choose(selection.candidates(tried), Selection.firstTurn());
		}
		else {
			Candidate trial = selection.trial(this.statistics);
			chosen = (trial != null) ? trial : this.balancing.choose(selection.candidates(), selection.turn());
		}
		return new Attempt((CatalogServiceInstance) chosen.instance(), service, this.statistics, chosen);
	}

	private Candidates candidates(WatchedService service, List<ServiceInstance> instances) {
		Candidates known = this.candidates;
		String zone = this.settings.zone().get();
		if (known != null && known.isOf(instances, this.statistics.ejections(), zone)) {
			return known;
		}
		this.lock.lock();
		try {
			List<ServiceInstance> last = last(service, instances);
			Candidates before = this.candidates;
			List<Candidate> turns;
			if (before != null && before.isOf(last)) {
				turns = before.turns();
			}
			else {
				this.statistics.instances(last);
				turns = turns(service, last);
			}
			Candidates current = new Candidates(last, turns, this.statistics.ejections(), zone, this.settings.subset(),
					this.statistics.now(), this.turn);
			this.candidates = current;
			return current;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * While the lock was waited for, the list may have been replaced: the statistics
	 * would drop instances that were added since. The latest list may be empty.
	 */
	private static List<ServiceInstance> last(WatchedService service, List<ServiceInstance> read) {
		List<ServiceInstance> last = service.known();
		return (last == null || last.isEmpty()) ? read : last;
	}

	private List<Candidate> turns(WatchedService service, List<ServiceInstance> instances) {
		Map<ServiceInstance, Candidate> candidates = new HashMap<>();
		if (this.settings.callBy() == CallBy.NAME) {
			this.names.name(service.name(), instances)
				.forEach((instance, called) -> candidates.put(instance,
						Candidate.of(instance, this.statistics).calledAs(called)));
		}
		return this.weights.of(instances)
			.stream()
			.map((instance) -> candidates.computeIfAbsent(instance, (one) -> Candidate.of(one, this.statistics)))
			.toList();
	}

}
