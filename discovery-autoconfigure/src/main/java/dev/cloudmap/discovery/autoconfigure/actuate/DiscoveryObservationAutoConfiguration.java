package dev.cloudmap.discovery.autoconfigure.actuate;

import feign.micrometer.FeignContext;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.cloud.client.loadbalancer.LoadBalancerRequestTransformer;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.cloud.openfeign.loadbalancer.LoadBalancerFeignRequestTransformer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.discovery.actuate.BlockingObservation;
import dev.cloudmap.discovery.actuate.FeignObservation;
import dev.cloudmap.discovery.actuate.GatewayMvcObservation;
import dev.cloudmap.discovery.actuate.GatewayObservation;
import dev.cloudmap.discovery.actuate.ReactiveObservation;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Auto-configuration that adds the chosen instance to the observations of load-balanced
 * clients.
 */
@AutoConfiguration(after = DiscoveryClientAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({ ObservationRegistry.class, LoadBalancerClientFactory.class })
@ConditionalOnBean({ InstanceCatalog.class, ObservationRegistry.class })
public final class DiscoveryObservationAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestTemplate.class, LoadBalancerRequestTransformer.class })
	static class Blocking {

		@Bean
		@ConditionalOnMissingBean
		BlockingObservation discoveryBlockingObservation(ObservationRegistry observations) {
			return new BlockingObservation(observations);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebClient.class)
	static class Reactive {

		/** A bean post-processor must not initialize other beans early. */
		@Bean
		@ConditionalOnMissingBean
		static ReactiveObservation discoveryReactiveObservation() {
			return new ReactiveObservation();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GatewayContext.class)
	static class Gateway {

		@Bean
		@ConditionalOnMissingBean
		GatewayObservation discoveryGatewayObservation() {
			return new GatewayObservation();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties")
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class GatewayMvc {

		@Bean
		@ConditionalOnMissingBean
		GatewayMvcObservation discoveryGatewayMvcObservation() {
			return new GatewayMvcObservation();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ FeignContext.class, LoadBalancerFeignRequestTransformer.class })
	static class Feign {

		@Bean
		@ConditionalOnMissingBean
		FeignObservation discoveryFeignObservation() {
			return new FeignObservation();
		}

	}

}
