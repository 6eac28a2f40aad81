package dev.cloudmap.discovery.registry;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NoCustomHealthException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;

/**
 * The port to a registry. Where nothing else is said its methods block until the registry
 * has answered, and are called on the library's own threads only, never on a request's.
 * <p>
 * Methods that ask the registry throw {@link RegistryUnavailableException} when the
 * registry can't be reached, and another {@link DiscoveryException} when it refuses.
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
	 * @throws NoCustomHealthException if the service keeps no health
	 */
	void reportHealth(ServiceName service, String instanceId, HealthStatus status);

	/**
	 * The attributes with which an instance is registered.
	 * @param service the service; not null
	 * @param instanceId the instance's id; not null
	 * @return the attributes, address and port among them; empty if the registry does not
	 * hold the instance; never null
	 */
	Optional<Map<String, String>> attributes(ServiceName service, String instanceId);

	/**
	 * The attributes of a service itself, by which its owner can tell callers how to call
	 * it.
	 * @param service the service; not null
	 * @return the attributes; empty if the service has none or does not exist; never null
	 */
	default Map<String, String> attributes(ServiceName service) {
		return Map.of();
	}

	/**
	 * The instances of a service that should be called.
	 * @param service the service; not null
	 * @param filter which of them; not null
	 * @return the instances, empty if the service does not exist; never null
	 */
	InstanceSet discover(ServiceName service, LookupFilter filter);

	/**
	 * The instances of a service that should be called: the healthy ones, or all if none
	 * is healthy.
	 * @param service the service; not null
	 * @return the instances, empty if the service does not exist; never null
	 */
	default InstanceSet discover(ServiceName service) {
		return discover(service, LookupFilter.NONE);
	}

	/**
	 * A number that moves whenever an instance of the service is registered or
	 * deregistered, but not when one's health changes.
	 * @param service the service; not null
	 * @throws NotRegisteredException if the service does not exist
	 */
	long revision(ServiceName service);

	/**
	 * Starts to report the changes in a namespace, as soon as and as long as the registry
	 * reports them. Does not block. The namespace need not exist yet.
	 * @param namespace the namespace
	 * @param listener receives the changes
	 * @return ends the watch; {@link Watch#NEVER} if the registry can't report changes
	 */
	default Watch watch(Namespace namespace, WatchListener listener) {
		return Watch.NEVER;
	}

	/**
	 * All services of a namespace, also those without instances.
	 * @param namespace the namespace
	 * @return the services; empty if the namespace does not exist
	 */
	Set<ListedService> services(Namespace namespace);

	/**
	 * Whether DNS may answer for another namespace of a name than this registry uses,
	 * since there are several or a choice among them has not been applied yet. Answered
	 * from memory.
	 * @param namespace the namespace
	 */
	default boolean hasNamesakes(Namespace namespace) {
		return false;
	}

	/**
	 * The DNS servers that know the registry's namespaces.
	 * @return the servers, empty as long as none is known; null where those of the
	 * machine know them
	 */
	default @Nullable List<InetSocketAddress> dnsServers() {
		return null;
	}

	/**
	 * Whether the registry knows of another application: of an instance that is
	 * registered, or of one that watches for changes and is not this application. One
	 * that only looks up, without either, is not known. Is asked when this application is
	 * not registered any more.
	 * @return false if there is certainly no application that is registered or watching
	 */
	default boolean knowsOtherApplications() {
		return true;
	}

	/**
	 * How often the registry was called, from the beginning.
	 */
	default CallCounts calls() {
		return CallCounts.NONE;
	}

	/**
	 * Which registry this is, for people.
	 */
	RegistryInfo info();

	/**
	 * Lets go of connections and ends all watching. Does not touch what is registered.
	 */
	@Override
	default void close() {
	}

}
