package dev.cloudmap.discovery.autoconfigure.configserver;

import java.util.List;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.config.client.ConfigServerInstanceProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.client.EarlyLookup;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;

/**
 * The instances of the Config Server: from a lookup of its own before the application
 * context exists, later from the context's discovery client. Thread-safe.
 */
final class ConfigServerInstances implements ConfigServerInstanceProvider.Function {

	private static final String ENABLED = "spring.cloud.config.discovery.enabled";

	private volatile @Nullable ConfigurableApplicationContext context;

	/**
	 * Looks instances up with the discovery client of a context from now on.
	 */
	void use(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Not called: Spring Cloud Config passes the binder.
	 */
	@Override
	public List<ServiceInstance> apply(String serviceId) {
		throw new IllegalStateException("The instances of " + serviceId + " were requested without a Binder");
	}

	@Override
	public List<ServiceInstance> apply(String serviceId, Binder binder, @Nullable BindHandler bindHandler, Log log) {
		ConfigurableApplicationContext current = this.context;
		CatalogDiscoveryClient client = (current != null && current.isActive())
				? current.getBeanProvider(CatalogDiscoveryClient.class).getIfAvailable() : null;
		return (client != null) ? client.getInstances(serviceId) : lookUp(serviceId, binder, bindHandler, log);
	}

	private static List<ServiceInstance> lookUp(String serviceId, Binder binder, @Nullable BindHandler handler,
			Log log) {
		requireSwitch("discovery.enabled", binder);
		requireSwitch("spring.cloud.discovery.enabled", binder);
		DiscoveryProperties properties = binder.bindOrCreate("discovery", Bindable.of(DiscoveryProperties.class),
				(handler != null) ? handler : BindHandler.DEFAULT);
		Environment environment = BinderEnvironment.of(binder);
		try {
			List<ServiceInstance> instances = EarlyLookup.instances(serviceId, properties, environment);
			log.info("Config Server found through discovery: " + instances);
			return instances;
		}
		catch (DiscoveryException ex) {
			throw new DiscoveryException("The Config Server was not found through discovery (" + ENABLED
					+ "=true, spring.cloud.config.discovery.service-id=" + serviceId + "): " + ex.getDescription(),
					(ex.getAction() != null) ? ex.getAction()
							: "Start the Config Server first, or set spring.cloud.config.fail-fast=true with spring-retry"
									+ " on the class path to wait for it",
					ex);
		}
	}

	private static void requireSwitch(String property, Binder binder) {
		if (!binder.bind(property, Boolean.class).orElse(true)) {
			throw new DiscoveryException(ENABLED + " is true, but " + property + " is false",
					"Set " + property + "=true, or set the address of the Config Server in spring.cloud.config.uri and "
							+ ENABLED + "=false",
					null);
		}
	}

}
