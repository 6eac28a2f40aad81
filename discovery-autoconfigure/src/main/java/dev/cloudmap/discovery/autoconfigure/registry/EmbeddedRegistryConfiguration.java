package dev.cloudmap.discovery.autoconfigure.registry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.registry.embedded.HostOrJoin;
import dev.cloudmap.discovery.registry.embedded.TakeoverGuard;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Configuration of the embedded registry, which this application hosts or joins.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(name = "dev.cloudmap.registry.RegistryServer")
class EmbeddedRegistryConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedRegistryConfiguration.class);

	@Bean
	@Lazy
	HostOrJoin hostOrJoin(DiscoveryProperties properties) {
		String secret = properties.embedded().secret();
		if (secret != null && secret.isBlank()) {
			logger.warn("discovery.embedded.secret is blank: the embedded registry is used without a secret, and"
					+ " every user of this machine can register instances. Set it to 16 to 1024 visible ASCII"
					+ " characters, or remove it");
		}
		return new HostOrJoin(properties.embedded().httpPort(), properties.embedded().dnsPort(),
				SharedSecret.of(properties.embedded().secret()), properties.embedded().likeAws());
	}

	/** Null if another registry is used. */
	@Bean
	@Nullable TakeoverGuard takeoverGuard(RegistryChoice choice, ObjectProvider<HostOrJoin> hostOrJoin) {
		return (choice.type() == RegistryType.EMBEDDED) ? new TakeoverGuard(hostOrJoin.getObject()) : null;
	}

	@Bean
	@Lazy
	EmbeddedRegistryFactory embeddedRegistryFactory(HostOrJoin hostOrJoin, DiscoveryProperties properties,
			ConfiguredServices services, WatchClient watchClient, DiscoveryThreads threads) {
		return new EmbeddedRegistryFactory(hostOrJoin, properties, services, watchClient, threads);
	}

}
