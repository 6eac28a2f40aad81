package dev.cloudmap.discovery.registration.instance;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ServiceDefinition;

/**
 * The user's settings of the registration.
 *
 * @param service returns the service that this application is an instance of, or null if
 * it has no name; a child context that has the web server may have a name of its own
 * @param instanceId the id of the instance; null for one made of the address and the
 * port, or the ECS task's
 * @param definition how the service is created if it does not exist
 * @param lease after which time without renewal a registry that supports leases marks the
 * instance as unhealthy, in whole seconds
 */
public record RegistrationSettings(Supplier<@Nullable ServiceName> service, @Nullable String instanceId,
		ServiceDefinition definition, Duration lease) {

	private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

	/**
	 * Validates the lease.
	 * @throws DiscoveryException if it is too short
	 */
	public RegistrationSettings {
		if (lease.compareTo(SHORTEST_LEASE) < 0) {
			throw new DiscoveryException("'" + lease.toMillis() + "ms' is not a valid lease: expected "
					+ SHORTEST_LEASE.toSeconds() + "s or more", "Correct discovery.registration.lease", null);
		}
	}

}
