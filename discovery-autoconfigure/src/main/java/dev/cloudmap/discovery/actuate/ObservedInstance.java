package dev.cloudmap.discovery.actuate;

import io.micrometer.common.KeyValues;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;

/**
 * The key values that describe the instance of a request in its observation. They are for
 * traces only: a meter has the same tags for all requests, and other requests have no
 * instance.
 */
final class ObservedInstance {

	static final String SERVICE = "discovery.service";

	static final String NAMESPACE = "discovery.namespace";

	static final String INSTANCE = "discovery.instance";

	private ObservedInstance() {
	}

	/**
	 * The key values of an instance; none if it is not the catalog's.
	 */
	static KeyValues keyValues(ServiceInstance chosen) {
		return (chosen instanceof CatalogServiceInstance instance) ? KeyValues.of(SERVICE, instance.service().name(),
				NAMESPACE, instance.service().namespace().name(), INSTANCE, instance.getInstanceId())
				: KeyValues.empty();
	}

}
