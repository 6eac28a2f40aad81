package dev.cloudmap.discovery.loadbalancer.outlier;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;

/**
 * The identity of an instance within its service, whatever else of it changes.
 *
 * @param id the id; null if it has none
 * @param host the host
 * @param port the port
 */
public record InstanceKey(@Nullable String id, String host, int port) {

	/**
	 * The key of an instance. It has the address, also if the instance is called by name.
	 * @param instance the instance, which a client may have wrapped
	 */
	public static InstanceKey of(ServiceInstance instance) {
		ServiceInstance known = (instance instanceof CatalogServiceInstance) ? instance : Attempt.of(instance);
		if (known instanceof CatalogServiceInstance listed) {
			return new InstanceKey(listed.getInstanceId(), listed.address(), listed.getPort());
		}
		return new InstanceKey(instance.getInstanceId(), instance.getHost(), instance.getPort());
	}

}
