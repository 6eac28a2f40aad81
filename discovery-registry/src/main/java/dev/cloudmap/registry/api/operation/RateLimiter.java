package dev.cloudmap.registry.api.operation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.api.operation.TokenBucket.Rate;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Rejects requests beyond the rates of AWS if throttling is enabled. Each operation has a
 * token bucket.
 * <p>
 * AWS documents rates for discovery only, among the service's quotas: DiscoverInstances
 * at 1,000 requests per second with bursts of 2,000, and DiscoverInstancesRevision at
 * 3,000. Users report 50 for ListInstances. Most other rates are those of the AWS
 * controller for Kubernetes. The rest is assumed.
 */
public final class RateLimiter {

	private static final Rate CHANGES_OF_INSTANCES = new Rate(50, 100);

	private static final Rate CHANGES_OF_NAMESPACES = new Rate(0.5, 5);

	/** For operations without a known rate. */
	private static final Rate OTHERS = new Rate(50, 100);

	private static final Map<String, Rate> RATES = Map.ofEntries(
			// Documented by AWS.
			Map.entry("DiscoverInstances", new Rate(1000, 2000)),
			Map.entry("DiscoverInstancesRevision", new Rate(3000, 3000)),
			// Reported by users.
			Map.entry("ListInstances", new Rate(50, 50)),
			// Limits of the AWS controller for Kubernetes.
			Map.entry("CreateHttpNamespace", CHANGES_OF_NAMESPACES), Map.entry("ListNamespaces", new Rate(0.5, 5)),
			Map.entry("CreateService", new Rate(5, 50)), Map.entry("ListServices", new Rate(2, 10)),
			Map.entry("RegisterInstance", CHANGES_OF_INSTANCES), Map.entry("DeregisterInstance", CHANGES_OF_INSTANCES),
			Map.entry("GetOperation", new Rate(100, 200)),
			// Assumed, as for similar operations.
			Map.entry("CreatePrivateDnsNamespace", CHANGES_OF_NAMESPACES),
			Map.entry("CreatePublicDnsNamespace", CHANGES_OF_NAMESPACES),
			Map.entry("UpdateInstanceCustomHealthStatus", CHANGES_OF_INSTANCES));

	private final Scheduler scheduler;

	private final Supplier<Emulation> emulation;

	private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();

	/**
	 * Creates a rate limiter.
	 * @param scheduler returns the current time
	 * @param emulation returns whether throttling is enabled
	 */
	public RateLimiter(Scheduler scheduler, Supplier<Emulation> emulation) {
		this.scheduler = scheduler;
		this.emulation = emulation;
	}

	/**
	 * Counts a request.
	 * @param operation the name of an existing operation
	 * @throws RejectedRequestException if the rate is exceeded
	 */
	void admit(String operation) {
		if (!this.emulation.get().throttling()) {
			return;
		}
		long now = this.scheduler.nanoTime();
		TokenBucket bucket = this.buckets.computeIfAbsent(operation,
				(name) -> new TokenBucket(RATES.getOrDefault(name, OTHERS), now));
		if (!bucket.take(now)) {
			throw new RejectedRequestException(
					operation.startsWith("Discover") ? "RequestLimitExceeded" : "ThrottlingException", "Rate exceeded");
		}
	}

}
