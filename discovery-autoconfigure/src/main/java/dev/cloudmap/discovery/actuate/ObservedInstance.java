package dev.cloudmap.discovery.actuate;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Which instance a request was sent to, as the observation of the request tells it: the
 * last one where it was sent to several. All of it is for traces alone (of high
 * cardinality): other requests under the same meter have no instance, and a meter's tags
 * have to be the same ones throughout.
 */
final class ObservedInstance {

	static final String SERVICE = "discovery.service";

	static final String NAMESPACE = "discovery.namespace";

	static final String INSTANCE = "discovery.instance";

	private final InstanceCatalog catalog;

	ObservedInstance(InstanceCatalog catalog) {
		this.catalog = catalog;
	}

	/**
	 * Adds the instance to a request's observation.
	 * @param observation the observation; not null
	 * @param chosen the instance; not null
	 */
	void tell(Observation observation, ServiceInstance chosen) {
		observation.highCardinalityKeyValues(keyValues(chosen));
	}

	/**
	 * What is told of an instance; nothing of one that is not the catalog's.
	 * @param chosen the instance; not null
	 */
	KeyValues keyValues(ServiceInstance chosen) {
		Instance instance = this.catalog.instance(chosen);
		return (instance != null) ? KeyValues.of(SERVICE, instance.service().name(), NAMESPACE,
				instance.service().namespace().name(), INSTANCE, instance.id()) : KeyValues.empty();
	}

}
