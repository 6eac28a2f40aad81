package dev.cloudmap.benchmarks.cost;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InstanceSet.Detail;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Simulates a private DNS namespace behind the VPC's resolver. The resolver caches an
 * answer for the TTL of the records and returns the remaining TTL in whole seconds. An
 * answer contains at most eight instances.
 */
final class ScriptedDns implements InstanceSource {

	private static final int MAX_INSTANCES = 8;

	/** The minimum TTL that the library applies. */
	private static final Duration MIN_TTL = Duration.ofSeconds(1);

	private final Map<ServiceName, Callee> callees;

	private final Timer timer;

	private final Duration ttl;

	private final ResolverCache cache;

	private final Map<ServiceName, Instant> fetched = new HashMap<>();

	private long lookups;

	private long misses;

	ScriptedDns(Map<ServiceName, Callee> callees, Timer timer, Duration ttl, ResolverCache cache) {
		this.callees = callees;
		this.timer = timer;
		this.ttl = ttl;
		this.cache = cache;
	}

	long lookups() {
		return this.lookups;
	}

	/** Returns the number of lookups that missed the resolver's cache. */
	long misses() {
		return this.misses;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		this.lookups++;
		Callee callee = this.callees.get(service);
		if (callee == null) {
			throw new IllegalArgumentException("Unknown service: " + service);
		}
		Instant now = this.timer.now();
		Instant known = this.fetched.compute(service, (name, before) -> fetched(before, now));
		long left = Duration.between(now, known.plus(this.ttl)).toSeconds();
		Duration valid = Duration.ofSeconds(Math.max(left, MIN_TTL.toSeconds()));
		return CompletableFuture.completedFuture(new InstanceSet(service,
				callee.at(known)
					.instances()
					.stream()
					.sorted((a, b) -> a.id().compareTo(b.id()))
					.limit(MAX_INSTANCES)
					.toList(),
				"dns", now.plus(valid), Set.of(), Detail.ADDRESSES));
	}

	private Instant fetched(@Nullable Instant before, Instant now) {
		if (before != null && now.isBefore(before.plus(this.ttl))) {
			return before;
		}
		this.misses++;
		if (before == null || this.cache == ResolverCache.UNSHARED) {
			return now;
		}
		return before.plus(this.ttl.multipliedBy(Duration.between(before, now).dividedBy(this.ttl)));
	}

}
