package dev.cloudmap.discovery.autoconfigure.consul;

import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.consul.ConsulSettings;

/**
 * The namespace of an application that uses Consul: the part of Consul's DNS names after
 * the service.
 */
public final class ConsulNamespace {

	private ConsulNamespace() {
	}

	/**
	 * Returns Consul's namespace.
	 * @param settings the settings of Consul
	 * @param configured the value of {@code discovery.namespace}; null if it is not set
	 * @param environment the environment with the active profiles
	 * @throws DiscoveryException if another namespace is configured
	 */
	public static Namespace of(ConsulSettings settings, @Nullable String configured, Environment environment) {
		Namespace namespace = settings.namespace();
		if (configured == null || normalized(configured).equals(normalized(namespace.name()))) {
			return namespace;
		}
		String profiles = Optional.of(String.join(",", environment.getActiveProfiles()))
			.filter((active) -> !active.isEmpty())
			.map((active) -> " (active profiles: " + active + ")")
			.orElse("");
		String datacenter = (settings.datacenter() != null) ? ", the datacenter of discovery.consul.datacenter" : "";
		throw new DiscoveryException(
				"discovery.namespace is '" + configured + "', but the registry is Consul" + profiles + ": expected "
						+ namespace + datacenter,
				"Remove discovery.namespace, or set discovery.namespace=" + namespace
						+ " in the profile that selects Consul. For another domain or datacenter, set"
						+ " discovery.consul.domain or discovery.consul.datacenter",
				null);
	}

	private static String normalized(String name) {
		return name.toLowerCase(Locale.ROOT);
	}

}
