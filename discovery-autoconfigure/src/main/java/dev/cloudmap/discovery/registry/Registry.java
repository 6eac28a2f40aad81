package dev.cloudmap.discovery.registry;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;

/**
 * The port to a registry. Its methods block until the registry has answered, and are
 * called on the library's own threads only, never on a request's.
 * <p>
 * All methods throw {@link RegistryUnavailableException} when the registry can't be
 * reached, and another {@link DiscoveryException} when it refuses.
 */
public interface Registry extends AutoCloseable {

	/**
	 * Registers an instance, creating its service and namespace where that is allowed.
	 * Registering the same id again replaces what was there. Returns when the registry
	 * has carried it out.
	 * @param registration the instance; not null
	 */
	void register(InstanceRegistration registration);

	/**
	 * Removes an instance. One that is not there is no error.
	 * @param service the service; not null
	 * @param instanceId the instance's id; not null
	 */
	void deregister(ServiceName service, String instanceId);

	/**
	 * Says how an instance is; where the registry keeps leases, {@code HEALTHY} also
	 * renews the instance's.
	 * @param service the service; not null
	 * @param instanceId the instance's id; not null
	 * @param status {@code HEALTHY} or {@code UNHEALTHY}
	 * @throws NotRegisteredException if the registry does not hold the instance
	 */
	void reportHealth(ServiceName service, String instanceId, HealthStatus status);

	/**
	 * The instances of a service that should be called: the healthy ones, or all if none
	 * is healthy.
	 * @param service the service; not null
	 * @return the instances, empty if the service does not exist; never null
	 */
	InstanceSet discover(ServiceName service);

	/**
	 * The names of all services of a namespace.
	 * @param namespace the namespace; not null
	 * @return the services' names without the namespace; empty if the namespace does not
	 * exist; never null
	 */
	Set<String> services(Namespace namespace);

	/**
	 * The DNS servers that know the registry's namespaces.
	 * @return the servers, empty as long as none is known; null where those of the
	 * machine know them
	 */
	default @Nullable List<InetSocketAddress> dnsServers() {
		return null;
	}

	/**
	 * Which registry this is, for people.
	 */
	RegistryInfo info();

	/**
	 * Lets go of connections. Does not touch what is registered.
	 */
	@Override
	default void close() {
	}

}
