package dev.cloudmap.discovery.autoconfigure;

import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup.Service;

/**
 * The ports that the user has given to services whose instances don't tell theirs.
 *
 * @param namespace the namespace whose services are meant
 * @param services what the user has set, by the service's name
 */
record ServicePorts(Namespace namespace,
		Map<String, Service> services) implements Function<ServiceName, @Nullable Integer> {

	@Override
	public @Nullable Integer apply(ServiceName name) {
		Service service = name.namespace().equals(this.namespace) ? this.services.get(name.name()) : null;
		return (service != null) ? service.port() : null;
	}

}
