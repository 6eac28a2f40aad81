package dev.cloudmap.registry.api.operation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.api.operation.TokenBucket.Rate;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Refuses requests beyond the rates of the real service, while the emulation asks for
 * that. There is one account, and so one bucket for each operation.
 * <p>
 * AWS documents rates for discovery only, among the service's quotas: DiscoverInstances
 * at 1,000 a second with bursts of 2,000, and DiscoverInstancesRevision at 3,000 a
 * second. That ListInstances has 50 is reported by users whom it refused. For most of the
 * others, AWS's own controller for Kubernetes keeps to limits that it calls the service's
 * defaults. The rest, of which nothing is known, is taken to be like its closest
 * relatives.
 */
public final class RateLimiter {

	private static final Rate CHANGES_OF_INSTANCES = new Rate(50, 100);

	private static final Rate CHANGES_OF_NAMESPACES = new Rate(0.5, 5);

	/** For operations of which nothing is known: they read or change one thing. */
	private static final Rate OTHERS = new Rate(50, 100);

	private static final Map<String, Rate> RATES = Map.ofEntries(
			// Documented by AWS.
			Map.entry("DiscoverInstances", new Rate(1000, 2000)),
			Map.entry("DiscoverInstancesRevision", new Rate(3000, 3000)),
			// Reported by users.
			Map.entry("ListInstances", new Rate(50, 50)),
			// What AWS's controller keeps to.
			Map.entry("CreateHttpNamespace", CHANGES_OF_NAMESPACES), Map.entry("ListNamespaces", new Rate(0.5, 5)),
			Map.entry("CreateService", new Rate(5, 50)), Map.entry("ListServices", new Rate(2, 10)),
			Map.entry("RegisterInstance", CHANGES_OF_INSTANCES), Map.entry("DeregisterInstance", CHANGES_OF_INSTANCES),
			Map.entry("GetOperation", new Rate(100, 200)),
			// Like their relatives.
			Map.entry("CreatePrivateDnsNamespace", CHANGES_OF_NAMESPACES),
			Map.entry("CreatePublicDnsNamespace", CHANGES_OF_NAMESPACES),
			Map.entry("UpdateInstanceCustomHealthStatus", CHANGES_OF_INSTANCES));

	private final Scheduler scheduler;

	private final Supplier<Emulation> emulation;

	private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();

	/**
	 * Creates a rateLimiter.
	 * @param scheduler where time comes from
	 * @param emulation whether to refuse anything, asked at each request
	 */
	public RateLimiter(Scheduler scheduler, Supplier<Emulation> emulation) {
		this.scheduler = scheduler;
		this.emulation = emulation;
	}

	/**
	 * Lets a request pass or refuses it.
	 * @param operation the name of an operation that there is: each gets a bucket
	 * @throws RejectedRequestException when there are too many
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
