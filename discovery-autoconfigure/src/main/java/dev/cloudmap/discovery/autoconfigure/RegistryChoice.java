package dev.cloudmap.discovery.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.registration.EcsMetadata;

/**
 * Which registry is used, and why.
 *
 * @param type the registry, never {@link RegistryType#AUTO}
 * @param reason why, for a log line and a health detail
 */
record RegistryChoice(RegistryType type, String reason) {

	static RegistryChoice of(Environment environment, ListableBeanFactory beanFactory) {
		RegistryType configured = Binder.get(environment)
			.bind("discovery.registry", RegistryType.class)
			.orElse(RegistryType.AUTO);
		if (configured != RegistryType.AUTO) {
			return new RegistryChoice(configured,
					"discovery.registry=" + environment.getProperty("discovery.registry"));
		}
		for (String property : new String[] { "discovery.cloud-map.endpoint", "discovery.cloud-map.region" }) {
			if (Binder.get(environment).bind(property, String.class).isBound()) {
				return new RegistryChoice(RegistryType.CLOUD_MAP, property + " is set");
			}
		}
		if (beanFactory.getBeanNamesForType(CloudMapConnectionDetails.class, true, false).length > 0) {
			return new RegistryChoice(RegistryType.CLOUD_MAP, "connection details are given");
		}
		if (environment.containsProperty(EcsMetadata.METADATA_URI)) {
			return new RegistryChoice(RegistryType.CLOUD_MAP, "running on Amazon ECS");
		}
		return new RegistryChoice(RegistryType.EMBEDDED, "not on Amazon ECS, and no discovery.cloud-map property set");
	}

}
