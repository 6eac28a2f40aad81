package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ServiceDefinition;

/**
 * What the user has decided about the registration.
 *
 * @param service gives the service that this application is an instance of, null if it
 * has no name; a child context that has the web server may have a name of its own
 * @param instanceId its id; null for one made of the address and the port, or the ECS
 * task's
 * @param definition how the service is made if it does not exist; never null
 * @param lease after which time without renewal a registry that keeps leases takes the
 * instance for dead, in whole seconds; never null
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
			throw new DiscoveryException(
					"'" + lease.toMillis() + "ms' is no lease: expected " + SHORTEST_LEASE.toSeconds() + "s or more",
					"Correct discovery.registration.lease", null);
		}
	}

}
