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
		Instance instance = this.catalog.instance(chosen);
		if (instance != null) {
			observation.highCardinalityKeyValues(KeyValues.of(SERVICE, instance.service().name(), NAMESPACE,
					instance.service().namespace().name(), INSTANCE, instance.id()));
		}
	}

}
