package dev.cloudmap.discovery.autoconfigure;

import java.util.Objects;
import java.util.stream.Stream;

import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

import dev.cloudmap.discovery.loadbalancer.ConnectionEviction;
import dev.cloudmap.discovery.loadbalancer.IdleConnections;
import dev.cloudmap.discovery.loadbalancer.ReactorNettyConnections;

/**
 * Auto-configuration of what becomes of connections to instances that have left: they are
 * closed where the client library allows it.
 */
@AutoConfiguration(before = DiscoveryClientAutoConfiguration.class)
@ConditionalOnDiscovery
@ConditionalOnClass(LoadBalancerClientFactory.class)
@ConditionalOnBooleanProperty(name = "spring.cloud.loadbalancer.enabled", matchIfMissing = true)
public final class DiscoveryConnectionAutoConfiguration {

	/**
	 * The catalog needs its listeners first: the pools are looked for when something has
	 * changed.
	 */
	@Bean
	@ConditionalOnMissingBean
	ConnectionEviction discoveryConnectionEviction(BeanFactory beans) {
		return new ConnectionEviction(() -> beans.getBeanProvider(IdleConnections.class).stream());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HttpClient.class, ReactorResourceFactory.class })
	static class ReactorNetty {

		@Bean
		@ConditionalOnMissingBean
		ReactorNettyConnections discoveryReactorNettyConnections(ListableBeanFactory beans) {
			return new ReactorNettyConnections(() -> providers(beans));
		}

		private static Stream<ConnectionProvider> providers(ListableBeanFactory beans) {
			Stream<ConnectionProvider> shared = beans.getBeanProvider(ReactorResourceFactory.class)
				.stream()
				.filter(ReactorResourceFactory::isRunning)
				.map(ReactorResourceFactory::getConnectionProvider);
			Stream<ConnectionProvider> clients = beans.getBeanProvider(HttpClient.class)
				.stream()
				.map((client) -> client.configuration().connectionProvider());
			return Stream.of(beans.getBeanProvider(ConnectionProvider.class).stream(), shared, clients)
				.flatMap((providers) -> providers)
				.filter(Objects::nonNull);
		}

	}

}
