package dev.cloudmap.discovery.autoconfigure.grpc;

import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolverRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

import dev.cloudmap.discovery.autoconfigure.ConditionalOnDiscovery;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.properties.ServiceLoadBalancerProperties;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.grpc.DiscoveryNameResolverProvider;
import dev.cloudmap.discovery.grpc.ServiceConfigSource;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for gRPC targets such as
 * {@code discovery:///worker}.
 */
@AutoConfiguration(after = DiscoveryClientAutoConfiguration.class)
@ConditionalOnDiscovery
@ConditionalOnClass(NameResolverRegistry.class)
@ConditionalOnBean(value = InstanceCatalog.class, search = SearchStrategy.CURRENT)
public final class DiscoveryGrpcClientAutoConfiguration {

	@Bean
	static NameResolverRegistration discoveryNameResolverRegistration(ObjectProvider<InstanceCatalog> catalog,
			ObjectProvider<ServiceLoadBalancerProperties> properties, ObjectProvider<DiscoveryThreads> threads) {
		return new NameResolverRegistration(new DiscoveryNameResolverProvider(catalog::getObject,
				(service) -> properties.getObject().of(service).outlier().policy(),
				() -> threads.getObject().listeners()));
	}

	@Bean
	DiscoveryNameResolverProvider discoveryNameResolverProvider(NameResolverRegistration registration) {
		return registration.provider();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcChannelBuilderCustomizer.class)
	static class SpringGrpc {

		/**
		 * Channels use the provider of their own context. Properties of a channel's
		 * service config take precedence.
		 */
		@Bean
		<T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> discoveryChannelBuilderCustomizer(
				DiscoveryNameResolverProvider provider, Environment environment) {
			return (target, builder) -> {
				builder.setNameResolverArg(DiscoveryNameResolverProvider.PROVIDER, provider);
				if (ChannelServiceConfig.isConfigured(environment, target)) {
					builder.setNameResolverArg(DiscoveryNameResolverProvider.SERVICE_CONFIG,
							ServiceConfigSource.CHANNEL);
				}
			};
		}

	}

}
