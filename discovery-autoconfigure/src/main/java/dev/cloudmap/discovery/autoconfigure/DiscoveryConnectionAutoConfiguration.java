package dev.cloudmap.discovery.autoconfigure;

import java.util.Objects;
import java.util.stream.Stream;

import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.eclipse.jetty.client.DuplexConnectionPool;
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

import dev.cloudmap.discovery.loadbalancer.ApacheConnections;
import dev.cloudmap.discovery.loadbalancer.ConnectionEviction;
import dev.cloudmap.discovery.loadbalancer.IdleConnections;
import dev.cloudmap.discovery.loadbalancer.JettyConnections;
import dev.cloudmap.discovery.loadbalancer.ReactorNettyConnections;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

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
	ConnectionEviction discoveryConnectionEviction(BeanFactory beans, DiscoveryThreads threads) {
		return new ConnectionEviction(() -> beans.getBeanProvider(IdleConnections.class).stream(), threads.listeners());
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

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(PoolingHttpClientConnectionManager.class)
	static class Apache {

		@Bean
		@ConditionalOnMissingBean
		ApacheConnections discoveryApacheConnections(ListableBeanFactory beans) {
			return new ApacheConnections(() -> beans.getBeanProvider(HttpClientConnectionManager.class)
				.stream()
				.filter(PoolingHttpClientConnectionManager.class::isInstance)
				.map(PoolingHttpClientConnectionManager.class::cast));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DuplexConnectionPool.class)
	static class Jetty {

		@Bean
		@ConditionalOnMissingBean
		JettyConnections discoveryJettyConnections(ListableBeanFactory beans) {
			return new JettyConnections(
					() -> beans.getBeanProvider(org.eclipse.jetty.client.HttpClient.class).stream());
		}

	}

}
