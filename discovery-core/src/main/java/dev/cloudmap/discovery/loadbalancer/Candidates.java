package dev.cloudmap.discovery.loadbalancer;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.http.HttpHeaders;

/**
 * What is worked out once for a list of the catalog and those of it that are ejected, so
 * that a choice costs nothing.
 */
final class Candidates {

	private final List<ServiceInstance> instances;

	private final List<Candidate> turns;

	private final Ejections ejections;

	private final @Nullable String zone;

	private final Subset subset;

	private final long now;

	private final Pool usual;

	/**
	 * The pools of what requests' headers have asked for and instances have, which are
	 * not many: what nobody has is not kept.
	 */
	private final Map<Map<String, String>, Pool> others = new ConcurrentHashMap<>();

	/**
	 * Works it out.
	 * @param instances the catalog's list, of at least one; not null
	 * @param turns the same as candidates, as often as their weights say; not null
	 * @param ejections who of them is ejected; not null
	 * @param zone the caller's zone; null if zones don't matter
	 * @param subset which of them are called; not null
	 * @param now the time in nanoseconds
	 */
	Candidates(List<ServiceInstance> instances, List<Candidate> turns, Ejections ejections, @Nullable String zone,
			Subset subset, long now) {
		this.instances = instances;
		this.turns = turns;
		this.ejections = ejections;
		this.zone = zone;
		this.subset = subset;
		this.now = now;
		List<Candidate> members = Subset.matching(turns, subset.metadata());
		this.usual = Pool.of(members.isEmpty() ? turns : members, ejections, zone, now);
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
	 * Among whom is chosen for a request.
	 */
	@SuppressWarnings("ReferenceEquality")
	Pool pool(Request<?> request) {
		if (this.subset.headers().isEmpty() || !(request.getContext() instanceof RequestDataContext context)) {
			return this.usual;
		}
		HttpHeaders headers = (context.getClientRequest() != null) ? context.getClientRequest().getHeaders() : null;
		Function<String, @Nullable String> first = (name) -> (headers != null) ? headers.getFirst(name) : null;
		Map<String, String> wanted = this.subset.wanted(first);
		if (wanted == this.subset.metadata()) {
			return this.usual;
		}
		Pool known = this.others.get(wanted);
		if (known != null) {
			return known;
		}
		List<Candidate> members = Subset.matching(this.turns, wanted);
		if (members.isEmpty()) {
			return this.usual;
		}
		Pool pool = Pool.of(members, this.ejections, this.zone, this.now);
		this.others.put(Map.copyOf(wanted), pool);
		return pool;
	}

}
