package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.http.HttpHeaders;

import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejections;

/**
 * The selections of a list of the catalog and its ejections, which are computed once.
 */
final class Candidates {

	private final List<ServiceInstance> instances;

	private final List<Candidate> turns;

	private final Ejections ejections;

	private final @Nullable String zone;

	private final Subset subset;

	private final long now;

	private final Selection usual;

	/** The selections that requests' headers select; not kept if they are empty. */
	private final Map<Map<String, String>, Selection> others = new ConcurrentHashMap<>();

	/**
	 * Creates the candidates.
	 * @param instances the catalog's list, not empty
	 * @param turns the candidates, each as often as its weight says
	 * @param ejections the ejections
	 * @param zone the local zone; null to ignore zones
	 * @param subset selects among them
	 * @param now the time in nanoseconds
	 * @param turn the turn of requests that select no other instances
	 */
	Candidates(List<ServiceInstance> instances, List<Candidate> turns, Ejections ejections, @Nullable String zone,
			Subset subset, long now, AtomicInteger turn) {
		this.instances = instances;
		this.turns = turns;
		this.ejections = ejections;
		this.zone = zone;
		this.subset = subset;
		this.now = now;
		List<Candidate> members = Subset.matching(turns, subset.metadata());
		this.usual = new Selection(members.isEmpty() ? turns : members, ejections, zone, now, turn);
	}

	@SuppressWarnings("ReferenceEquality")
	boolean isOf(List<ServiceInstance> instances) {
		return this.instances == instances;
	}

	@SuppressWarnings("ReferenceEquality")
	boolean isOf(List<ServiceInstance> instances, Ejections ejections, @Nullable String zone) {
		return this.instances == instances && this.ejections == ejections && Objects.equals(this.zone, zone);
	}

	List<Candidate> turns() {
		return this.turns;
	}

	/**
	 * The selection for a request.
	 */
	@SuppressWarnings("ReferenceEquality")
	Selection selection(Request<?> request) {
		if (this.subset.headers().isEmpty() || !(request.getContext() instanceof RequestDataContext context)) {
			return this.usual;
		}
		HttpHeaders headers = (context.getClientRequest() != null) ? context.getClientRequest().getHeaders() : null;
		Function<String, @Nullable String> first = (name) -> (headers != null) ? headers.getFirst(name) : null;
		Map<String, String> wanted = this.subset.wanted(first);
		if (wanted == this.subset.metadata()) {
			return this.usual;
		}
		Selection known = this.others.get(wanted);
		if (known != null) {
			return known;
		}
		List<Candidate> members = Subset.matching(this.turns, wanted);
		if (members.isEmpty()) {
			return this.usual;
		}
		Selection selection = new Selection(members, this.ejections, this.zone, this.now, Selection.firstTurn());
		this.others.put(Map.copyOf(wanted), selection);
		return selection;
	}

}
