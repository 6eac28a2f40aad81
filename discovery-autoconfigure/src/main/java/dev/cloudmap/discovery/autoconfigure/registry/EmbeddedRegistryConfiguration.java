package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.CloudMap;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.LoopbackClient;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;
import dev.cloudmap.discovery.registry.embedded.HostOrJoin;
import dev.cloudmap.discovery.registry.embedded.Membership;
import dev.cloudmap.discovery.registry.embedded.TakeoverGuard;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Configuration of the embedded registry, which this application hosts or joins. Its API
 * is that of AWS Cloud Map.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(Registry.class)
@ConditionalOnRegistry(RegistryType.EMBEDDED)
class EmbeddedRegistryConfiguration {

	/** The VPC of all namespaces, without which they would have no DNS. */
	private static final String VPC = "this-machine";

	private static final String REGION = "us-east-1";

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedRegistryConfiguration.class);

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "dev.cloudmap.registry.RegistryServer")
	static class Present {

		@Bean
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

		@Bean
		EmbeddedRegistry embeddedRegistry(HostOrJoin hostOrJoin, DiscoveryProperties properties,
				ConfiguredServices services, WatchClient watchClient, DiscoveryThreads threads) {
			CallMeter meter = new CallMeter(() -> !hasCapability(hostOrJoin.membership(), Capability.WATCH));
			SharedSecret secret = SharedSecret.of(properties.embedded().secret());
			CreationPolicy creation = creation(properties.cloudMap());
			EmbeddedRegistry registry = new EmbeddedRegistry(hostOrJoin, meter,
					(membership) -> connect(membership, secret, creation, services, meter, watchClient),
					threads.lookups());
			// starts beside the context
			registry.start();
			return registry;
		}

		/** A registry that reports its changes is not limited by quotas. */
		private static boolean hasCapability(@Nullable Membership membership, Capability capability) {
			return membership == null || membership.capabilities().contains(capability);
		}

		@Bean
		TakeoverGuard takeoverGuard(HostOrJoin hostOrJoin) {
			return new TakeoverGuard(hostOrJoin);
		}

		/**
		 * Uses existing namespaces regardless of their VPC.
		 */
		private static CreationPolicy creation(CloudMap settings) {
			String vpc = (settings.vpc() != null) ? settings.vpc() : VPC;
			return new CreationPolicy(CreationPolicy.Scope.NAMESPACES, VPC,
					new NamespaceChoice(settings.namespaceIds(), vpc, Strictness.PREFERRED));
		}

		private static Registry connect(Membership membership, @Nullable SharedSecret secret, CreationPolicy creation,
				ConfiguredServices services, CallMeter meter, WatchClient watchClient) {
			URI endpoint = membership.endpoint();
			ServiceDiscoveryClient client = (secret != null) ? CloudMapClients.withoutRetries(endpoint, REGION, secret)
					: new LoopbackClient(endpoint, REGION);
			RegistryInfo info = new RegistryInfo("embedded", endpoint.toString(), null, membership.capabilities());
			return new CloudMapRegistry(client, info, creation, null, services::port, meter, watchClient);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("dev.cloudmap.registry.RegistryServer")
	static class Missing {

		@Bean
		Registry missingRegistry(RegistryChoice choice) {
			throw new DiscoveryException(
					"The embedded registry is selected (" + choice.reason() + ") but is not on the classpath",
					"Add the dependency dev.cloudmap:discovery-registry, or set "
							+ ((choice.source() == RegistryChoice.Source.TEST) ? AwsEndpointSettings.PROPERTY
									: "discovery.registry=cloud-map"),
					null);
		}

	}

}
