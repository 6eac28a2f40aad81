package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.util.ArrayList;
import java.util.List;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.BlockingLoadBalancerInterceptor;
import org.springframework.cloud.client.loadbalancer.LoadBalancerAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.client.loadbalancer.LoadBalancerRequestFactory;
import org.springframework.cloud.client.loadbalancer.RestTemplateCustomizer;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancedExchangeFilterFunction;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerClientRequestTransformer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.cloud.openfeign.loadbalancer.FeignBlockingLoadBalancerClient;
import org.springframework.cloud.openfeign.loadbalancer.LoadBalancerFeignRequestTransformer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.discovery.autoconfigure.properties.ServiceLoadBalancerProperties;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.attribute.ServiceAttributes;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.httpclient.ClientBuilderPostProcessor;
import dev.cloudmap.discovery.httpclient.RestTemplateBuilderPostProcessor;
import dev.cloudmap.discovery.loadbalancer.CallObserver;
import dev.cloudmap.discovery.loadbalancer.adapter.CallFeignClient;
import dev.cloudmap.discovery.loadbalancer.adapter.CallFilter;
import dev.cloudmap.discovery.loadbalancer.adapter.CallGatewayFilter;
import dev.cloudmap.discovery.loadbalancer.adapter.CallInterceptor;
import dev.cloudmap.discovery.loadbalancer.adapter.FeignClientPostProcessor;
import dev.cloudmap.discovery.loadbalancer.adapter.GatewayAttemptFilter;
import dev.cloudmap.discovery.loadbalancer.adapter.RouteHostFilter;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesDiagnosis;
import dev.cloudmap.discovery.loadbalancer.call.ServiceCallSettings;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.timeout.RequestFactoryPostProcessor;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of the timeouts and retries of calls. It does not apply if Spring
 * Cloud's own retries are enabled.
 */
@AutoConfiguration(after = DiscoveryLoadBalancerAutoConfiguration.class,
		afterName = "org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration",
		before = { LoadBalancerAutoConfiguration.class, ReactorLoadBalancerClientAutoConfiguration.class })
@ConditionalOnBean(CallObserver.class)
@Conditional(DiscoveryCallAutoConfiguration.NoOtherRetries.class)
public final class DiscoveryCallAutoConfiguration {

	private static final String OTHER_RETRIES = "spring.cloud.loadbalancer.retry.enabled";

	@Bean
	@ConditionalOnMissingBean
	Calls discoveryCalls(InstanceCatalog catalog, OtherDiscoveryClients others, ServiceLoadBalancerProperties settings,
			ServiceAttributes attributes, ObjectProvider<CallListener> listeners, Environment environment,
			ObjectProvider<NoInstancesDiagnosis> noInstances) {
		boolean usual = !environment.containsProperty(OTHER_RETRIES);
		return new Calls(catalog, others,
				new ServiceCallSettings((service) -> settings.of(service).calls(usual),
						(service, shared) -> settings.of(service, shared, environment).calls(usual), attributes),
				CallListener.all(listeners.orderedStream().toList()), System::nanoTime, noInstances.getIfAvailable());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestClient.class, RestTemplate.class })
	static class Blocking {

		/** Spring Cloud's own bean exists, too, and is not used. */
		@Bean
		@Primary
		@ConditionalOnMissingBean(BlockingLoadBalancerInterceptor.class)
		CallInterceptor discoveryCallInterceptor(LoadBalancerClient loadBalancer, LoadBalancerRequestFactory requests,
				Calls calls, DiscoveryThreads threads) {
			return new CallInterceptor(loadBalancer, requests, calls, threads.timer());
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(CallInterceptor.class)
		RestTemplateCustomizer discoveryRestTemplateCustomizer(CallInterceptor interceptor) {
			return (template) -> {
				List<ClientHttpRequestInterceptor> interceptors = new ArrayList<>(template.getInterceptors());
				interceptors.add(interceptor);
				template.setInterceptors(interceptors);
			};
		}

		/**
		 * Processes other beans of the same context, and so must not cause any to be
		 * created.
		 */
		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		@ConditionalOnBean(CallInterceptor.class)
		static RequestFactoryPostProcessor discoveryRequestFactoryPostProcessor(ApplicationContext context) {
			return new RequestFactoryPostProcessor(context);
		}

	}

	/**
	 * A class of its own, as are those below: Spring reads the annotations of methods by
	 * reflection, which fails where an optional class is missing.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
	static class ClientBuilders {

		/**
		 * Processes other beans of the same context, and so must not cause any to be
		 * created.
		 */
		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static ClientBuilderPostProcessor discoveryClientBuilderPostProcessor(ConfigurableListableBeanFactory beans) {
			return new ClientBuilderPostProcessor(beans);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(RestTemplateBuilder.class)
	static class RestTemplateBuilders {

		/**
		 * Processes other beans of the same context, and so must not cause any to be
		 * created.
		 */
		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static RestTemplateBuilderPostProcessor discoveryRestTemplateBuilderPostProcessor(ApplicationContext context) {
			return new RestTemplateBuilderPostProcessor(context);
		}

	}

	/**
	 * Spring Boot creates blocking clients in a reactive application, but no such bean.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class ReactiveApplication {

		@Bean
		@ConditionalOnMissingBean
		ClientHttpRequestFactoryBuilder<?> discoveryClientHttpRequestFactoryBuilder(ResourceLoader resources) {
			return ClientHttpRequestFactoryBuilder.detect(resources.getClassLoader());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebClient.class)
	static class Reactive {

		/** Spring Cloud's own bean exists, too, and is not used. */
		@Bean
		@Primary
		@ConditionalOnMissingBean(LoadBalancedExchangeFilterFunction.class)
		CallFilter discoveryCallFilter(ReactiveLoadBalancer.Factory<ServiceInstance> loadBalancers,
				ObjectProvider<LoadBalancerClientRequestTransformer> transformers, Calls calls) {
			return new CallFilter(loadBalancers, transformers.orderedStream().toList(), calls);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(FeignBlockingLoadBalancerClient.class)
	static class Feign {

		/**
		 * Processes other beans of the same context, and so must not cause any to be
		 * created.
		 */
		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static FeignClientPostProcessor discoveryFeignClientPostProcessor(BeanFactory beans) {
			return new FeignClientPostProcessor((delegate) -> new CallFeignClient(delegate,
					beans.getBean(LoadBalancerClient.class), beans.getBean(LoadBalancerClientFactory.class),
					beans.getBeanProvider(LoadBalancerFeignRequestTransformer.class).orderedStream().toList(),
					beans.getBean(Calls.class), beans.getBean(DiscoveryThreads.class).timer()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ReactiveLoadBalancerClientFilter.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class Gateway {

		@Bean
		@ConditionalOnMissingBean
		CallGatewayFilter discoveryCallGatewayFilter(Calls calls) {
			return new CallGatewayFilter(calls);
		}

		@Bean
		@ConditionalOnMissingBean
		RouteHostFilter discoveryRouteHostFilter() {
			return new RouteHostFilter();
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(CallGatewayFilter.class)
		GatewayAttemptFilter discoveryGatewayAttemptFilter(ObjectProvider<HttpClientProperties> clients) {
			return new GatewayAttemptFilter(clients.getIfAvailable());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.cloud.gateway.server.mvc.config.GatewayMvcProperties")
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class GatewayMvc {

		@Bean
		@RegisterReflectionForBinding(GatewayMvcRoutes.Route.class)
		GatewayMvcRoutes discoveryGatewayMvcRoutes(Environment environment) {
			return new GatewayMvcRoutes(environment);
		}

	}

	/**
	 * Matches unless Spring Cloud's own retries are switched on.
	 */
	static final class NoOtherRetries extends NoneNestedConditions {

		NoOtherRetries() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBooleanProperty(OTHER_RETRIES)
		static class OtherRetries {

		}

	}

}
