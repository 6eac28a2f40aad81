package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancer;
import dev.cloudmap.discovery.loadbalancer.EvictingLoadBalancerClientFactory;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Default configurations of the user for all load balancers take precedence over those of
 * this library, whatever their class name. Spring Cloud applies them in hash order.
 */
class DefaultLoadBalancersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class,
						DiscoveryLoadBalancerAutoConfiguration.class, LoadBalancerAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new)
		.withPropertyValues("discovery.namespace=corp", "spring.cloud.loadbalancer.retry.enabled=false");

	@ParameterizedTest
	@ValueSource(strings = { "com.example.DemoApplication", "com.example.Application", "com.example.A", "com.example.B",
			"com.example.C", "com.example.D", "com.example.E", "com.example.F" })
	void userLoadBalancerReplacesDefaultAndReadsCatalog(String application) {
		with(application, OwnBalancer.class).run((context) -> {
			LoadBalancerClientFactory factory = context.getBean(LoadBalancerClientFactory.class);
			assertThat(factory.getInstance("worker")).isInstanceOf(NobodysBalancer.class);
			assertThat(factory.getInstances("worker", ReactorServiceInstanceLoadBalancer.class)).hasSize(1);
			assertThat(factory.getInstances("worker", ServiceInstanceListSupplier.class))
				.containsOnlyKeys("catalogServiceInstanceListSupplier");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "com.example.DemoApplication", "com.example.Application", "com.example.A", "com.example.B",
			"com.example.C", "com.example.D", "com.example.E", "com.example.F" })
	void userListSupplierReplacesDefaultLoadBalancer(String application) {
		with(application, OwnList.class).run((context) -> {
			LoadBalancerClientFactory factory = context.getBean(LoadBalancerClientFactory.class);
			assertThat(factory.getInstances("worker", ServiceInstanceListSupplier.class)).containsOnlyKeys("ownList");
			assertThat(factory.getInstance("worker")).isInstanceOf(RoundRobinLoadBalancer.class);
			assertThat(Mono.from(factory.getInstance("worker").choose()).block().getServer().getHost())
				.isEqualTo("10.9.9.9");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "com.example.DemoApplication", "com.example.A" })
	void otherUserSettingsKeepDefaults(String application) {
		with(application, SomethingElse.class).run((context) -> {
			LoadBalancerClientFactory factory = context.getBean(LoadBalancerClientFactory.class);
			assertThat(factory.getInstance("worker")).isInstanceOf(CatalogLoadBalancer.class);
			assertThat(factory.getInstance("worker", String.class)).isEqualTo("something");
			assertThat(factory.getInstances("worker", ServiceInstanceListSupplier.class)).hasSize(1);
		});
	}

	@Test
	void unknownNamesDoNotReplaceEagerOrConfiguredOnes() {
		this.runner
			.withPropertyValues("spring.cloud.loadbalancer.eager-load.clients=eager",
					"spring.cloud.loadbalancer.clients.settled.hint.default=own")
			.run((context) -> {
				LoadBalancerClientFactory factory = context.getBean(LoadBalancerClientFactory.class);
				assertThat(factory).isInstanceOf(EvictingLoadBalancerClientFactory.class);
				Object eager = factory.getInstance("eager");
				Object settled = factory.getInstance("settled");
				for (int i = 0; i < 2100; i++) {
					factory.getInstance("made-up-" + i);
				}
				assertThat(factory.getContextNames()).isEmpty();
				assertThat(factory.getInstance("eager")).isSameAs(eager);
				assertThat(factory.getInstance("settled")).isSameAs(settled);
			});
	}

	@Test
	void userFactoryReplacesDefault() {
		LoadBalancerClientFactory own = new LoadBalancerClientFactory(new LoadBalancerClientsProperties());
		this.runner.withBean(LoadBalancerClientFactory.class, () -> own)
			.run((context) -> assertThat(context.getBean(LoadBalancerClientFactory.class)).isSameAs(own));
	}

	private ApplicationContextRunner with(String application, Class<?> configuration) {
		return this.runner.withBean("default." + application, LoadBalancerClientSpecification.class,
				() -> new LoadBalancerClientSpecification("default." + application, new Class<?>[] { configuration }));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBalancer {

		@Bean
		ReactorServiceInstanceLoadBalancer ownBalancer() {
			return new NobodysBalancer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnList {

		@Bean
		ServiceInstanceListSupplier ownList() {
			return new OwnSupplier();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SomethingElse {

		@Bean
		String something() {
			return "something";
		}

	}

	private static final class NobodysBalancer implements ReactorServiceInstanceLoadBalancer {

		@Override
		@SuppressWarnings("rawtypes")
		public Mono<Response<ServiceInstance>> choose(Request request) {
			return Mono.just(new EmptyResponse());
		}

	}

	private static final class OwnSupplier implements ServiceInstanceListSupplier {

		@Override
		public String getServiceId() {
			return "worker";
		}

		@Override
		public Flux<List<ServiceInstance>> get() {
			return Flux.just(List.of(new DefaultServiceInstance("a", "worker", "10.9.9.9", 1, false)));
		}

	}

}
