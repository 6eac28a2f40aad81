package dev.cloudmap.discovery.autoconfigure.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.discovery.health.DiscoveryClientHealthIndicator;
import org.springframework.cloud.client.discovery.health.DiscoveryClientHealthIndicatorProperties;
import org.springframework.cloud.client.discovery.health.reactive.ReactiveDiscoveryClientHealthIndicator;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.BlockingLoadBalancerInterceptor;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryCallAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.AutoRegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.UnregisteredAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.loadbalancer.adapter.CallInterceptor;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesException;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * An application with discovery clients of other registries, as during a migration.
 */
class SeveralDiscoveryClientsTests {

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class,
				DiscoveryClientAutoConfiguration.class, RegistrationAutoConfiguration.class,
				AutoRegistrationAutoConfiguration.class, UnregisteredAutoConfiguration.class,
				DiscoveryLoadBalancerAutoConfiguration.class, UtilAutoConfiguration.class,
				AutoServiceRegistrationAutoConfiguration.class, ServiceRegistryAutoConfiguration.class,
				CommonsClientAutoConfiguration.class, ReactiveCommonsClientAutoConfiguration.class,
				SimpleDiscoveryClientAutoConfiguration.class, SimpleReactiveDiscoveryClientAutoConfiguration.class,
				CompositeDiscoveryClientAutoConfiguration.class,
				ReactiveCompositeDiscoveryClientAutoConfiguration.class, LoadBalancerAutoConfiguration.class,
				BlockingLoadBalancerClientAutoConfiguration.class, DiscoveryCallAutoConfiguration.class,
				org.springframework.cloud.client.loadbalancer.LoadBalancerAutoConfiguration.class))
		.withPropertyValues("spring.application.name=backend", "discovery.namespace=corp",
				"discovery.registration.enabled=false");

	private static final String LEGACY = "spring.cloud.discovery.client.simple.instances.legacy";

	@Nested
	class WithRegistry {

		private final ApplicationContextRunner runner = SeveralDiscoveryClientsTests.this.bare.withPropertyValues(
				"discovery.embedded.http-port=0", "discovery.embedded.dns-port=0", "discovery.lookup.timeout=30s");

		private final ApplicationContextRunner simple = this.runner
			.withPropertyValues(LEGACY + "[0].uri=http://127.0.0.1:7001", LEGACY + "[1].uri=http://127.0.0.1:7002");

		@ParameterizedTest
		@ValueSource(strings = { "legacy", "legacy.corp" })
		void balancesServiceOfAnotherClient(String id) {
			this.simple.run((context) -> {
				assertThat(blockingPorts(context, id)).containsExactlyInAnyOrder(7001, 7002);
				assertThat(reactivePorts(context, id)).containsExactlyInAnyOrder(7001, 7002);
			});
		}

		@Test
		void balancesServiceOfReactiveClient() {
			this.runner.withBean("mine", ReactiveDiscoveryClient.class, () -> new Mine("legacy", 7003))
				.run((context) -> assertThat(blockingPorts(context, "legacy")).containsExactly(7003));
		}

		@ParameterizedTest
		@CsvSource({ "0, 0, 7010", "1, 0, 7010", "-1, 0, 7001", "0, 1, 7001", "-1, -2, 7010" })
		void orderOfClientsSelectsInstances(int order, int own, int port) {
			this.runner
				.withPropertyValues(LEGACY + "[0].uri=http://127.0.0.1:7001",
						"spring.cloud.discovery.client.simple.order=" + order, "discovery.order=" + own)
				.run((context) -> {
					register(context, "legacy", 7010);
					assertThat(context.getBean(DiscoveryClient.class).getInstances("legacy"))
						.extracting(ServiceInstance::getPort)
						.containsExactly(port);
					assertThat(blockingPorts(context, "legacy")).containsExactly(port);
					assertThat(reactivePorts(context, "legacy")).containsExactly(port);
				});
		}

		@Test
		void errorForUnknownServiceListsOtherClients() {
			this.simple.run((context) -> assertThat(failureOfCall(context)).isInstanceOf(NoInstancesException.class)
				.hasMessageContaining("Simple Discovery Client"));
			this.runner.run((context) -> assertThat(failureOfCall(context)).isInstanceOf(NoInstancesException.class)
				.hasMessageNotContaining("Simple Discovery Client"));
		}

		@Test
		void springCloudRetriesFailWithSameError() {
			this.runner.withPropertyValues("spring.cloud.loadbalancer.retry.enabled=true").run((context) -> {
				RestClient client = RestClient.builder()
					.requestInterceptor(context.getBean(BlockingLoadBalancerInterceptor.class))
					.build();
				assertThat(catchThrowable(() -> client.get().uri("http://nowhere/").retrieve().toBodilessEntity()))
					.isInstanceOf(NoInstancesException.class);
			});
		}

	}

	/**
	 * No server listens at the endpoint of the registry.
	 */
	@Nested
	class WithoutRegistry {

		private final ApplicationContextRunner runner = SeveralDiscoveryClientsTests.this.bare.withPropertyValues(
				"discovery.registry=cloud-map", "discovery.cloud-map.endpoint=http://127.0.0.1:9",
				"discovery.cloud-map.region=us-east-1", "discovery.lookup.timeout=500ms",
				"discovery.lookup.dns.servers=127.0.0.1:9");

		private final ApplicationContextRunner simple = this.runner
			.withPropertyValues(LEGACY + "[0].uri=http://127.0.0.1:7001");

		@Test
		void compositeClientsReturnInstancesOfOtherClients() {
			this.simple.withPropertyValues("discovery.aliases.old=legacy").run((context) -> {
				DiscoveryClient blocking = context.getBean(DiscoveryClient.class);
				assertThat(blocking.getInstances("legacy")).hasSize(1);
				assertThat(blocking.getServices()).containsExactly("legacy");
				for (String unknown : List.of("nowhere", "nowhere.partner", "old", "-no name-")) {
					assertThat(blocking.getInstances(unknown)).isEmpty();
				}
				ReactiveDiscoveryClient reactive = context.getBean(ReactiveDiscoveryClient.class);
				assertThat(reactive.getInstances("legacy").collectList().block()).hasSize(1);
				assertThat(reactive.getServices().collectList().block()).containsExactly("legacy");
				assertThat(reactive.getInstances("-no name-").collectList().block()).isEmpty();
			});
		}

		@Test
		void callsServiceOfAnotherClient() {
			this.simple.run((context) -> {
				assertThat(blockingPorts(context, "legacy")).containsExactly(7001);
				assertThat(reactivePorts(context, "legacy")).containsExactly(7001);
			});
		}

		@Test
		void unknownServiceFailsAsRegistryUnavailable() {
			this.simple.run((context) -> assertThat(failureOfCall(context)).isInstanceOf(DiscoveryException.class)
				.isNotInstanceOf(NoInstancesException.class));
		}

		@Test
		void singleClientFailsIfRegistryIsUnavailable() {
			this.runner.run((context) -> {
				assertThatExceptionOfType(DiscoveryException.class)
					.isThrownBy(() -> context.getBean(DiscoveryClient.class).getInstances("worker"));
				assertThat(context.getBean(DiscoveryClient.class).getServices()).isEmpty();
			});
		}

		@ParameterizedTest
		@CsvSource({ "true, true", "true, false", "false, true", "false, false" })
		void springCloudHealthIndicatorsAreNotDown(boolean registration, boolean services) {
			this.runner
				.withPropertyValues("discovery.registration.enabled=" + registration,
						"spring.cloud.discovery.client.health-indicator.use-services-query=" + services)
				.run((context) -> {
					DiscoveryClientHealthIndicator blocking = context.getBean(DiscoveryClientHealthIndicator.class);
					ReactiveDiscoveryClientHealthIndicator reactive = new ReactiveDiscoveryClientHealthIndicator(
							context.getBean(ReactiveDiscoveryClient.class),
							context.getBean(DiscoveryClientHealthIndicatorProperties.class));
					InstanceRegisteredEvent<String> initialized = new InstanceRegisteredEvent<>(this, "backend");
					blocking.onApplicationEvent(initialized);
					reactive.onApplicationEvent(initialized);
					assertThat(blocking.health().getStatus().getCode()).isEqualTo(Status.UP.getCode());
					assertThat(reactive.health().block().getStatus().getCode()).isEqualTo(Status.UP.getCode());
				});
		}

	}

	private static Set<Integer> blockingPorts(ApplicationContext context, String id) {
		LoadBalancerClient client = context.getBean(LoadBalancerClient.class);
		return IntStream.range(0, 4).mapToObj((i) -> client.choose(id).getPort()).collect(Collectors.toSet());
	}

	private static Throwable failureOfCall(ApplicationContext context) {
		RestClient client = RestClient.builder().requestInterceptor(context.getBean(CallInterceptor.class)).build();
		return catchThrowable(() -> client.get().uri("http://nowhere/").retrieve().toBodilessEntity());
	}

	private static Set<Integer> reactivePorts(ApplicationContext context, String id) {
		ReactiveLoadBalancer<ServiceInstance> balancer = context.getBean(LoadBalancerClientFactory.class)
			.getInstance(id);
		return IntStream.range(0, 4)
			.mapToObj((i) -> Mono.from(balancer.choose()).block().getServer().getPort())
			.collect(Collectors.toSet());
	}

	private static void register(ApplicationContext context, String service, int port) {
		context.getBean(Registry.class)
			.register(new InstanceRegistration(new ServiceName(new Namespace("corp"), service), "i-" + port,
					"127.0.0.1", port, Map.of(),
					new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	/**
	 * A client that returns one instance.
	 */
	private record Mine(String service, int port) implements ReactiveDiscoveryClient {

		@Override
		public String description() {
			return "mine";
		}

		@Override
		public Flux<ServiceInstance> getInstances(String serviceId) {
			return serviceId.equals(this.service)
					? Flux.just(new DefaultServiceInstance("one", this.service, "127.0.0.1", this.port, false))
					: Flux.empty();
		}

		@Override
		public Flux<String> getServices() {
			return Flux.just(this.service);
		}

	}

}
