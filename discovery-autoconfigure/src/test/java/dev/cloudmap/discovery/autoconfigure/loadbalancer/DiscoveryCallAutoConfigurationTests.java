package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.loadbalancer.BlockingLoadBalancerInterceptor;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.client.loadbalancer.LoadBalancerInterceptor;
import org.springframework.cloud.client.loadbalancer.RestTemplateCustomizer;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancedExchangeFilterFunction;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerBeanPostProcessorAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.InterceptingClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.loadbalancer.CallObserver;
import dev.cloudmap.discovery.loadbalancer.adapter.CallFilter;
import dev.cloudmap.discovery.loadbalancer.adapter.CallInterceptor;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class DiscoveryCallAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class,
				DiscoveryClientAutoConfiguration.class, DiscoveryLoadBalancerAutoConfiguration.class,
				DiscoveryCallAutoConfiguration.class, LoadBalancerAutoConfiguration.class,
				BlockingLoadBalancerClientAutoConfiguration.class,
				org.springframework.cloud.client.loadbalancer.LoadBalancerAutoConfiguration.class,
				ReactorLoadBalancerClientAutoConfiguration.class, LoadBalancerBeanPostProcessorAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new)
		.withPropertyValues("discovery.namespace=corp");

	@Test
	void springCloudClientsUseDiscoveryCalls() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(Calls.class);
			assertThat(context.getBeanProvider(BlockingLoadBalancerInterceptor.class).getIfAvailable())
				.isInstanceOf(CallInterceptor.class);
			assertThat(context.getBeanProvider(LoadBalancedExchangeFilterFunction.class).getIfAvailable())
				.isInstanceOf(CallFilter.class);
			RestTemplate template = new RestTemplate();
			context.getBean(RestTemplateCustomizer.class).customize(template);
			assertThat(template.getInterceptors()).singleElement().isInstanceOf(CallInterceptor.class);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "spring.cloud.loadbalancer.retry.enabled=false" })
	void clientsThatInjectSpringCloudTypesUseDiscoveryCalls(String property) {
		ApplicationContextRunner injecting = this.runner.withUserConfiguration(Injecting.class);
		(property.isEmpty() ? injecting : injecting.withPropertyValues(property)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(RestTemplate.class).getInterceptors()).singleElement()
				.isInstanceOf(CallInterceptor.class);
			assertThat(context.getBean(ReactorLoadBalancerExchangeFilterFunction.class)).isInstanceOf(CallFilter.class);
		});
	}

	@Test
	void springCloudRetriesCanBeEnabled() {
		this.runner.withPropertyValues("spring.cloud.loadbalancer.retry.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Calls.class)
				.doesNotHaveBean(CallInterceptor.class)
				.doesNotHaveBean(CallFilter.class)
				.hasSingleBean(BlockingLoadBalancerInterceptor.class)
				.hasSingleBean(LoadBalancedExchangeFilterFunction.class));
		this.runner.withPropertyValues("spring.cloud.loadbalancer.retry.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(CallInterceptor.class));
	}

	@Test
	void userBeansTakePrecedence() {
		this.runner.withUserConfiguration(Own.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(CallInterceptor.class)
				.doesNotHaveBean(CallFilter.class));
	}

	@Test
	void notifiesAllListeners() {
		List<String> told = new ArrayList<>();
		this.runner.withBean("first", CallListener.class, () -> listener("first", told))
			.withBean("second", CallListener.class, () -> listener("second", told))
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(Calls.class);
				ServiceName worker = new ServiceName(new Namespace("corp"), "worker");
				CallListener all = (CallListener) ReflectionTestUtils.getField(context.getBean(CallObserver.class),
						"listener");
				all.ejected(worker);
				all.retried(worker, CallOutcome.BROKEN);
				all.retryDenied(worker);
				assertThat(told).containsExactly("first ejected worker.corp", "second ejected worker.corp",
						"first retried worker.corp BROKEN", "second retried worker.corp BROKEN",
						"first denied worker.corp", "second denied worker.corp");
			});
	}

	private static CallListener listener(String name, List<String> told) {
		return new CallListener() {
			@Override
			public void ejected(ServiceName service) {
				told.add(name + " ejected " + service);
			}

			@Override
			public void retried(ServiceName service, CallOutcome outcome) {
				told.add(name + " retried " + service + " " + outcome);
			}

			@Override
			public void retryDenied(ServiceName service) {
				told.add(name + " denied " + service);
			}
		};
	}

	@Test
	void backsOffWithoutClients() {
		this.runner.withClassLoader(new FilteredClassLoader(WebClient.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(CallInterceptor.class)
				.doesNotHaveBean("discoveryCallFilter"));
		this.runner.withPropertyValues("spring.cloud.loadbalancer.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Calls.class));
		this.runner.withPropertyValues("discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Calls.class));
	}

	@Test
	void replacesDefaultRequestFactoriesOnly() {
		this.runner.withUserConfiguration(Clients.class).run((context) -> {
			assertThat(factory(context.getBean("plain", RestTemplate.class)))
				.isNotExactlyInstanceOf(SimpleClientHttpRequestFactory.class);
			assertThat(factory(context.getBean("patient", RestTemplate.class)))
				.isExactlyInstanceOf(SimpleClientHttpRequestFactory.class);
			assertThat(factory(context.getBean("notBalanced", RestTemplate.class)))
				.isExactlyInstanceOf(SimpleClientHttpRequestFactory.class);
			assertThat(factory(context.getBean("plainClient", RestClient.Builder.class))).isNotNull()
				.isNotInstanceOf(JdkClientHttpRequestFactory.class);
			assertThat(factory(context.getBean("ownClient", RestClient.Builder.class)))
				.isInstanceOf(JdkClientHttpRequestFactory.class);
			assertThat(factory(context.getBean("notBalancedClient", RestClient.Builder.class))).isNull();
		});
	}

	@Test
	void keepsFactoryBuilderOfSpecificTypeAndLogsAdvice(CapturedOutput output) {
		this.runner.withUserConfiguration(Builders.class).run((context) -> {
			assertThat(context.getBean("general", ClientHttpRequestFactoryBuilder.class).build())
				.isNotInstanceOf(JdkClientHttpRequestFactory.class);
			assertThat(context.getBean("specific", JdkClientHttpRequestFactoryBuilder.class).build())
				.isInstanceOf(JdkClientHttpRequestFactory.class);
			assertThat(output).contains("bean 'specific'")
				.contains("ClientHttpRequestFactoryBuilder<?> instead of JdkClientHttpRequestFactoryBuilder")
				.doesNotContain("bean 'general'");
		});
	}

	private static ClientHttpRequestFactory factory(RestTemplate template) {
		ClientHttpRequestFactory factory = template.getRequestFactory();
		return (factory instanceof InterceptingClientHttpRequestFactory intercepting) ? intercepting.getDelegate()
				: factory;
	}

	private static Object factory(RestClient.Builder builder) {
		return ReflectionTestUtils.getField(builder, "requestFactory");
	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		BlockingLoadBalancerInterceptor ownInterceptor() {
			return (request, body, execution) -> execution.execute(request, body);
		}

		@Bean
		LoadBalancedExchangeFilterFunction ownFilter() {
			return (request, next) -> Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Injecting {

		@Bean
		RestTemplate intercepted(LoadBalancerInterceptor interceptor) {
			RestTemplate template = new RestTemplate();
			template.setInterceptors(List.of(interceptor));
			return template;
		}

		@Bean
		WebClient filtered(ReactorLoadBalancerExchangeFilterFunction filter) {
			return WebClient.builder().filter(filter).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Builders {

		@Bean
		ClientHttpRequestFactoryBuilder<?> general() {
			return ClientHttpRequestFactoryBuilder.jdk();
		}

		@Bean
		JdkClientHttpRequestFactoryBuilder specific() {
			return ClientHttpRequestFactoryBuilder.jdk();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Clients {

		@Bean
		@LoadBalanced
		RestTemplate plain() {
			return new RestTemplate();
		}

		@Bean
		@LoadBalanced
		RestTemplate patient() {
			SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
			factory.setReadTimeout(1000);
			return new RestTemplate(factory);
		}

		@Bean
		RestTemplate notBalanced() {
			return new RestTemplate();
		}

		@Bean
		@LoadBalanced
		RestClient.Builder plainClient() {
			return RestClient.builder();
		}

		@Bean
		@LoadBalanced
		RestClient.Builder ownClient() {
			return RestClient.builder().requestFactory(new JdkClientHttpRequestFactory());
		}

		@Bean
		RestClient.Builder notBalancedClient() {
			return RestClient.builder();
		}

	}

}
