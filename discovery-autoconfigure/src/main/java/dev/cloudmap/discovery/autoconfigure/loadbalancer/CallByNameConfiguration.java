package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.openfeign.clientconfig.HttpClient5FeignConfiguration.HttpClientConnectionManagerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.reactive.ClientHttpConnector;

import dev.cloudmap.discovery.httpclient.ConnectorNames;
import dev.cloudmap.discovery.httpclient.RequestFactoryNames;
import dev.cloudmap.discovery.loadbalancer.name.ApacheNameResolver;
import dev.cloudmap.discovery.loadbalancer.name.InstanceNames;
import dev.cloudmap.discovery.loadbalancer.name.NettyNameResolver;

/**
 * Lets HTTP clients resolve the names of instances, if any service is called by name.
 * Customizers of the user come later and take precedence.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(OnCallByName.class)
class CallByNameConfiguration {

	/**
	 * A class of its own, as are those below: Spring reads the annotations of methods by
	 * reflection, which fails where an optional class is missing.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ClientHttpRequestFactoryBuilderCustomizer.class)
	static class RequestFactories {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		RequestFactoryNames discoveryRequestFactoryNames(InstanceNames names) {
			return new RequestFactoryNames(names);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ClientHttpConnectorBuilderCustomizer.class, ClientHttpConnector.class })
	static class Connectors {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		ConnectorNames discoveryConnectorNames(InstanceNames names) {
			return new ConnectorNames(names);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HttpClientCustomizer.class)
	static class Gateway {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		HttpClientCustomizer discoveryGatewayNames(InstanceNames names) {
			return (client) -> NettyNameResolver.in(client, names);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HttpClientConnectionManagerBuilderCustomizer.class,
			PoolingHttpClientConnectionManagerBuilder.class })
	static class FeignOnApache {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		HttpClientConnectionManagerBuilderCustomizer discoveryFeignNames(InstanceNames names) {
			return (builder) -> builder.setDnsResolver(new ApacheNameResolver(names));
		}

	}

}
