package dev.cloudmap.discovery.loadbalancer;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;

/**
 * By what an instance of a service is known again, whatever else of it changes.
 *
 * @param id its id; null if it has none
 * @param host its host; never null
 * @param port its port
 */
public record InstanceKey(@Nullable String id, String host, int port) {

	/**
	 * The key of an instance.
	 */
	public static InstanceKey of(ServiceInstance instance) {
		return new InstanceKey(instance.getInstanceId(), instance.getHost(), instance.getPort());
	}

}
