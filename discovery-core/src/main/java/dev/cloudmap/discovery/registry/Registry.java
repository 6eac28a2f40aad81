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
 * A registry of instances. Unless specified otherwise, methods block until the registry
 * has answered. They are called only on the library's own threads, never on the thread of
 * a request.
 * <p>
 * Methods that call the registry throw a {@link RegistryUnavailableException} if the
 * registry cannot be reached, and another {@link DiscoveryException} if it rejects the
 * call.
 */
public interface Registry extends AutoCloseable {

	/**
	 * Registers an instance, and creates its service and namespace if that is allowed.
	 * Replaces an instance with the same id. Returns when the registry has completed the
	 * registration.
	 * @param registration the instance
	 */
	void register(InstanceRegistration registration);

	/**
	 * Deregisters an instance. Has no effect if the instance is not registered.
	 * @param service the service
	 * @param instanceId the instance's id
	 */
	void deregister(ServiceName service, String instanceId);

	/**
	 * Reports the health of an instance. If the registry has leases, {@code HEALTHY} also
	 * renews the lease of the instance.
	 * @param service the service
	 * @param instanceId the instance's id
	 * @param status {@code HEALTHY} or {@code UNHEALTHY}
	 * @throws NotRegisteredException if the registry does not hold the instance
	 * @throws NoCustomHealthException if the service keeps no health
	 */
	void reportHealth(ServiceName service, String instanceId, HealthStatus status);

	/**
	 * Returns the attributes with which an instance is registered.
	 * @param service the service
	 * @param instanceId the instance's id
	 * @return the attributes, including address and port; empty if the instance is not
	 * registered
	 */
	Optional<Map<String, String>> attributes(ServiceName service, String instanceId);

	/**
	 * Returns the attributes of a service, with which its owner can set how callers call
	 * it.
	 * @param service the service
	 * @return the attributes; empty if the service has none or does not exist
	 */
	default Map<String, String> attributes(ServiceName service) {
		return Map.of();
	}

	/**
	 * Returns the instances of a service that should be called.
	 * @param service the service
	 * @param filter the filter for the instances
	 * @return the instances, empty if the service does not exist
	 */
	InstanceSet discover(ServiceName service, LookupFilter filter);

	/**
	 * Returns the instances of a service that should be called: the healthy instances, or
	 * all if none is healthy.
	 * @param service the service
	 * @return the instances, empty if the service does not exist
	 */
	default InstanceSet discover(ServiceName service) {
		return discover(service, LookupFilter.NONE);
	}

	/**
	 * Returns a number that changes when an instance of the service is registered or
	 * deregistered, but not when the health of an instance changes.
	 * @param service the service
	 * @throws NotRegisteredException if the service does not exist
	 */
	long revision(ServiceName service);

	/**
	 * Starts to report the changes in a namespace, as soon as and as long as the registry
	 * reports them: those of the services that are {@linkplain Watch#follow followed}, or
	 * of all. Does not block. The namespace need not exist yet.
	 * @param namespace the namespace
	 * @param listener receives the changes
	 * @return ends the watch; {@link Watch#NEVER} if the registry can't report changes
	 */
	default Watch watch(Namespace namespace, WatchListener listener) {
		return Watch.NEVER;
	}

	/**
	 * Returns all services of a namespace, including those without instances.
	 * @param namespace the namespace
	 * @return the services; empty if the namespace does not exist
	 */
	Set<ListedService> services(Namespace namespace);

	/**
	 * Whether DNS may answer for another namespace than this registry uses, because
	 * several namespaces have the name or the choice among them has not been applied yet.
	 * Does not block.
	 * @param namespace the namespace
	 */
	default boolean hasNamesakes(Namespace namespace) {
		return false;
	}

	/**
	 * Returns the DNS servers that serve the registry's namespaces.
	 * @return the servers, empty while none is known; null if the DNS servers of the
	 * machine serve them
	 */
	default @Nullable List<InetSocketAddress> dnsServers() {
		return null;
	}

	/**
	 * Whether another application may use the registry: an instance is registered, or
	 * another application watches for changes. Applications that only look up are not
	 * detected. Called after this application has been deregistered.
	 * @return false if certainly no other application is registered or watches
	 */
	default boolean knowsOtherApplications() {
		return true;
	}

	/**
	 * Returns the number of calls to the registry since it was created.
	 */
	default CallCounts calls() {
		return CallCounts.NONE;
	}

	/**
	 * Returns information for log lines and health details.
	 */
	RegistryInfo info();

	/**
	 * Closes connections and ends all watches. Does not deregister instances.
	 */
	@Override
	default void close() {
	}

}
