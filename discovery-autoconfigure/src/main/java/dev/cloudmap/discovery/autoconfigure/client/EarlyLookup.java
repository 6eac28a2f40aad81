package dev.cloudmap.discovery.autoconfigure.client;

import java.util.List;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Lookup.LookupMode;
import dev.cloudmap.discovery.autoconfigure.registry.EarlyRegistry;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.dns.DnsConvention;
import dev.cloudmap.discovery.thread.Futures;

/**
 * One lookup before the application context exists: through the API, whose instances have
 * attributes, or through DNS if {@code discovery.lookup.mode} is {@code dns}.
 */
public final class EarlyLookup {

	private EarlyLookup() {
	}

	/**
	 * Looks a service up and waits for the answer.
	 * @param serviceId the service, with or without the namespace
	 * @param properties the bound properties
	 * @param environment the environment for the choice of the registry
	 * @return the instances, at least one
	 * @throws DiscoveryException if there is no registry or no instance
	 */
	public static List<ServiceInstance> instances(String serviceId, DiscoveryProperties properties,
			Environment environment) {
		try (EarlyRegistry early = EarlyRegistry.of(properties, environment)) {
			ServiceName service = early.namespaces().serviceName(serviceId);
			InstanceSet found = Futures.join(source(properties, early).lookup(service).toCompletableFuture());
			if (found.isEmpty()) {
				throw new DiscoveryException("Service " + service + " has no instances in the registry "
						+ early.registry().info() + ", found through " + found.source());
			}
			return found.instances().stream().<ServiceInstance>map(CatalogServiceInstance::new).toList();
		}
	}

	private static InstanceSource source(DiscoveryProperties properties, EarlyRegistry early) {
		CallableInstances callable = new CallableInstances(
				LookupConfiguration.scope(properties, early.registry(), early::client, early.consul()));
		DnsConvention convention = LookupConfiguration.convention(early.registry(), early.services());
		return (properties.lookup().mode() == LookupMode.DNS)
				? LookupConfiguration.dns(properties.lookup(),
						LookupConfiguration.dnsServers(properties, early.registry(), early.consul()),
						LookupConfiguration.transport(properties.lookup().dns(), null, convention), convention,
						early.services(), callable, early.threads())
				: LookupConfiguration.api(properties.lookup(), early.registry(), early.services(), callable,
						early.threads());
	}

}
