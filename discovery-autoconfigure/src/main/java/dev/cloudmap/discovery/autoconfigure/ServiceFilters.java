package dev.cloudmap.discovery.autoconfigure;

import java.util.Map;
import java.util.function.Function;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup.Service;
import dev.cloudmap.discovery.registry.LookupFilter;

/**
 * Which instances of each service the user wants.
 *
 * @param namespace the namespace whose services are meant
 * @param services what the user has set, by the service's name
 */
record ServiceFilters(Namespace namespace,
		Map<String, Service> services) implements Function<ServiceName, LookupFilter> {

	@Override
	public LookupFilter apply(ServiceName name) {
		Service service = name.namespace().equals(this.namespace) ? this.services.get(name.name()) : null;
		return (service != null) ? service.filter() : LookupFilter.NONE;
	}

}
