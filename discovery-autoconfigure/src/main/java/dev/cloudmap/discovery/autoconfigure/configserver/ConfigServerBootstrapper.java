package dev.cloudmap.discovery.autoconfigure.configserver;

import org.springframework.boot.bootstrap.BootstrapRegistry;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.BootstrapRegistryInitializer;
import org.springframework.cloud.config.client.ConfigServerInstanceProvider;
import org.springframework.util.ClassUtils;

/**
 * Provides Spring Cloud Config with the instances of its server
 * ({@code spring.cloud.config.discovery.enabled}). Does nothing without Spring Cloud
 * Config's client.
 */
public final class ConfigServerBootstrapper implements BootstrapRegistryInitializer {

	private static final String CLIENT = "org.springframework.cloud.config.client.ConfigServerInstanceProvider";

	/** Present if Spring Cloud's bootstrap context is used instead. */
	private static final String BOOTSTRAP_CONTEXT = "org.springframework.cloud.bootstrap.marker.Marker";

	@Override
	public void initialize(BootstrapRegistry registry) {
		ClassLoader loader = getClass().getClassLoader();
		if (ClassUtils.isPresent(CLIENT, loader) && !ClassUtils.isPresent(BOOTSTRAP_CONTEXT, loader)) {
			Registration.in(registry);
		}
	}

	/** Loaded only with Spring Cloud Config's client. */
	private static final class Registration {

		static void in(BootstrapRegistry registry) {
			ConfigServerInstances instances = new ConfigServerInstances();
			registry.registerIfAbsent(ConfigServerInstanceProvider.Function.class, InstanceSupplier.of(instances));
			registry.addCloseListener((event) -> instances.use(event.getApplicationContext()));
		}

	}

}
