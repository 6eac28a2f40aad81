package dev.cloudmap.discovery.loadbalancer.outlier;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

/**
 * The identity of an instance within its service, whatever else of it changes.
 *
 * @param id the id; null if it has none
 * @param host the host
 * @param port the port
 */
public record InstanceKey(@Nullable String id, String host, int port) {

	/**
	 * The key of an instance.
	 */
	public static InstanceKey of(ServiceInstance instance) {
		return new InstanceKey(instance.getInstanceId(), instance.getHost(), instance.getPort());
	}

}
