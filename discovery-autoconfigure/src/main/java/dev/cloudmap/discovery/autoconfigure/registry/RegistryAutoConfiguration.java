package dev.cloudmap.discovery.autoconfigure.registry;

import java.nio.file.Path;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.Aliases;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.autoconfigure.ConditionalOnDiscovery;
import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.autoconfigure.check.MissingNamespace;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnection;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulNamespace;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.autoconfigure.properties.LoadBalancerProperties;
import dev.cloudmap.discovery.autoconfigure.properties.ServiceLoadBalancerProperties;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.registry.embedded.HostOrJoin;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the registry, and for the
 * namespaces and threads that lookup and registration share.
 */
@AutoConfiguration
@ConditionalOnDiscovery
@EnableConfigurationProperties({ DiscoveryProperties.class, LoadBalancerProperties.class })
@Import(RegistryConfiguration.class)
public final class RegistryAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(RegistryAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	Namespace discoveryNamespace(DiscoveryProperties properties, Environment environment, RegistryChoice choice,
			ObjectProvider<ConsulConnection> consul) {
		return namespace(properties, environment, choice, consul::getObject);
	}

	static Namespace namespace(DiscoveryProperties properties, Environment environment, RegistryChoice choice,
			Supplier<ConsulConnection> consul) {
		String configured = properties.namespace();
		String namespace = (configured != null && !configured.isBlank()) ? configured.trim() : null;
		if (choice.type() == RegistryType.CONSUL || (choice.selected() == RegistryType.CONSUL && namespace == null)) {
			return ConsulNamespace.of(consul.get().settings(), namespace, environment);
		}
		if (namespace == null) {
			throw MissingNamespace.in(environment, DiscoveryProperties.GROUPS);
		}
		return new Namespace(namespace);
	}

	@Bean
	DiscoveryThreads discoveryThreads() {
		return new DiscoveryThreads();
	}

	@Bean
	WatchClient discoveryWatchClient(DiscoveryThreads threads) {
		return new WatchClient(threads.timer(), threads.lookups(), threads.changes());
	}

	@Bean
	@ConditionalOnMissingBean
	RegistryChoice discoveryRegistryChoice(Environment environment, ListableBeanFactory beanFactory) {
		RegistryChoice choice = RegistryChoice.of(environment, beanFactory);
		String evidence = isEmbeddedByDefault(choice, environment, beanFactory)
				? new DeploymentSigns(environment, Path.of("/")).find() : null;
		if (evidence != null) {
			choice = choice.deployed(evidence);
			logger.warn("Discovery uses the registry {} ({})", choice.type(), choice.reason());
		}
		else {
			logger.info("Discovery uses the registry {} ({})", choice.type(), choice.reason());
		}
		return choice;
	}

	private static boolean isEmbeddedByDefault(RegistryChoice choice, Environment environment,
			ListableBeanFactory beanFactory) {
		return choice.source() == RegistryChoice.Source.DEFAULT && !TestContexts.isMarked(environment)
				&& beanFactory.getBeanNamesForType(HostOrJoin.class, true, false).length > 0;
	}

	@Bean
	@ConditionalOnMissingBean
	Namespaces discoveryNamespaces(Namespace namespace, DiscoveryProperties properties) {
		return namespaces(namespace, properties);
	}

	static Namespaces namespaces(Namespace namespace, DiscoveryProperties properties) {
		Namespaces namespaces = new Namespaces(namespace,
				properties.lookup().namespaces().stream().map(Namespace::new).toList());
		return namespaces.with(Aliases.of(namespaces, properties.aliases()));
	}

	@Bean
	ConfiguredServices discoveryConfiguredServices(Namespaces namespaces, DiscoveryProperties properties) {
		return ConfiguredServices.of(namespaces, properties.lookup().configuredServices());
	}

	@Bean
	ServiceLoadBalancerProperties discoveryServiceLoadBalancerProperties(LoadBalancerProperties properties,
			Namespaces namespaces, Environment environment) {
		return ServiceLoadBalancerProperties.of(properties, namespaces, environment);
	}

}
