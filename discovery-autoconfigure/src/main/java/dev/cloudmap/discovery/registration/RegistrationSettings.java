package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ServiceDefinition;

/**
 * What the user has decided about the registration.
 *
 * @param service the service that this application is an instance of; never null
 * @param instanceId its id; null for one made of the address and the port, or the ECS
 * task's
 * @param metadata further attributes; never null
 * @param definition how the service is made if it does not exist; never null
 * @param lease after which time without renewal a registry that keeps leases takes the
 * instance for dead, in whole seconds; never null
 */
public record RegistrationSettings(ServiceName service, @Nullable String instanceId, Map<String, String> metadata,
		ServiceDefinition definition, Duration lease) {

}
