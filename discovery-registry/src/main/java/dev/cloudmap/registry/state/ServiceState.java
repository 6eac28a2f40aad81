package dev.cloudmap.registry.state;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A service and its instances at one moment.
 *
 * @param service the service
 * @param instances its instances by id
 * @param instancesRevision grows with each registration and deregistration, not with
 * health
 */
public record ServiceState(Service service, Map<String, Instance> instances, long instancesRevision) {

	public ServiceState {
		instances = Collections.unmodifiableMap(new LinkedHashMap<>(instances));
	}

}
