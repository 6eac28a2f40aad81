package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.thread.Durations;

/**
 * What the user has decided about the registration.
 *
 * @param service the service that this application is an instance of; null if it has no
 * name
 * @param instanceId its id; null for one made of the address and the port, or the ECS
 * task's
 * @param metadata further attributes; never null
 * @param definition how the service is made if it does not exist; never null
 * @param lease after which time without renewal a registry that keeps leases takes the
 * instance for dead, in whole seconds; never null
 */
public record RegistrationSettings(@Nullable ServiceName service, @Nullable String instanceId,
		Map<String, String> metadata, ServiceDefinition definition, Duration lease) {

	private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

	/**
	 * A longer lease is renewed no less often than this one, which is every five seconds:
	 * when a registry comes back empty, callers hold on to an instance for ten seconds,
	 * within which it has to have registered again.
	 */
	private static final Duration LONGEST_TO_RENEW = Duration.ofSeconds(15);

	/**
	 * Validates the lease.
	 * @throws DiscoveryException if it is too short
	 */
	public RegistrationSettings {
		if (lease.compareTo(SHORTEST_LEASE) < 0) {
			throw new DiscoveryException(
					"'" + lease.toMillis() + "ms' is no lease: expected " + SHORTEST_LEASE.toSeconds() + "s or more",
					"Correct discovery.registration.lease", null);
		}
		metadata = Map.copyOf(metadata);
	}

	/**
	 * The length of lease by which renewals go; never null, and no longer than the lease
	 * that the registry is told.
	 */
	public Duration leaseToRenew() {
		return Durations.shorter(this.lease, LONGEST_TO_RENEW);
	}

}
