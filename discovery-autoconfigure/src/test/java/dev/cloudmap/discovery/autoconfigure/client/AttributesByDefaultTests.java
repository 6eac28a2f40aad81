package dev.cloudmap.discovery.autoconfigure.client;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.util.LinkedMultiValueMap;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * With the default settings, clients and the configurations of Spring Cloud LoadBalancer
 * receive the attributes of instances that are looked up through DNS.
 */
class AttributesByDefaultTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final int CALLS = 1000;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class,
				DiscoveryClientAutoConfiguration.class, DiscoveryLoadBalancerAutoConfiguration.class,
				LoadBalancerAutoConfiguration.class, BlockingLoadBalancerClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0");

	@Test
	void blockingAndReactiveClientsReturnAttributes() {
		run((context) -> {
			register(context, "i-1", 8080, Map.of("gRPC_port", "9090", "secure", "true"));
			ServiceInstance blocking = context.getBean(DiscoveryClient.class).getInstances("worker").get(0);
			assertThat(blocking.getMetadata()).containsEntry("gRPC_port", "9090");
			assertThat(blocking.isSecure()).isTrue();
			assertThat(context.getBean(ReactiveDiscoveryClient.class).getInstances("worker").collectList().block())
				.containsExactly(blocking);
			assertThat(context.getBean(InstanceCatalog.class).service("worker").entry().set().source())
				.isEqualTo("dns");
		});
	}

	@Test
	void attributesChangeWithoutNewInstance() {
		run((context) -> {
			register(context, "i-1", 8080, Map.of("slot", "blue"));
			DiscoveryClient client = context.getBean(DiscoveryClient.class);
			assertThat(client.getInstances("worker").get(0).getMetadata()).containsEntry("slot", "blue");
			register(context, "i-1", 8080, Map.of("slot", "green"));
			await().untilAsserted(() -> assertThat(client.getInstances("worker").get(0).getMetadata())
				.containsEntry("slot", "green"));
		});
	}

	@Test
	void instancesWithAddressRecordsOnlyHaveAttributes() {
		run((context) -> {
			context.getBean(Registry.class)
				.register(new InstanceRegistration(WORKER, "i-1", "127.0.0.1", 8080, Map.of("slot", "blue"),
						new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10))));
			ServiceInstance instance = context.getBean(DiscoveryClient.class).getInstances("worker").get(0);
			assertThat(instance.getMetadata()).containsEntry("slot", "blue");
			assertThat(instance.getInstanceId()).isEqualTo("i-1");
		}, "discovery.lookup.services.worker.port=8080");
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.cloud.loadbalancer.configurations=weighted",
			"spring.cloud.loadbalancer.clients.worker.configurations=weighted", "discovery.lookup.mode=auto" })
	void weightsApplyToAllClientsOrOne(String property) {
		run((context) -> {
			register(context, "i-1", 8080, Map.of("weight", "90"));
			register(context, "i-2", 8081, Map.of("weight", "10"));
			assertThat(calls(context)).containsExactlyInAnyOrderEntriesOf(Map.of("i-1", 900L, "i-2", 100L));
		}, property);
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.cloud.loadbalancer.clients.worker.configurations=zone-preference",
			"discovery.load-balancer.zone=eu-1a", "discovery.load-balancer.services.worker.zone=eu-1a",
			"discovery.load-balancer.services.worker.subset.metadata.AVAILABILITY_ZONE=eu-1a" })
	void otherAttributeRulesApplyToAllClientsOrOne(String property) {
		run((context) -> {
			register(context, "i-1", 8080, Map.of("AVAILABILITY_ZONE", "eu-1a"));
			register(context, "i-2", 8081, Map.of("AVAILABILITY_ZONE", "eu-1b"));
			assertThat(calls(context)).containsEntry("i-1", (long) CALLS);
		}, property, "spring.cloud.loadbalancer.zone=eu-1a");
	}

	@Test
	void apiVersionOfRequestSelectsInstances() {
		run((context) -> {
			register(context, "i-1", 8080, Map.of("API_VERSION", "1"));
			register(context, "i-2", 8081, Map.of("API_VERSION", "2"));
			HttpHeaders headers = new HttpHeaders();
			headers.add("X-Version", "2");
			RequestDataContext version2 = new RequestDataContext(new RequestData(HttpMethod.GET,
					URI.create("http://worker/"), headers, new LinkedMultiValueMap<>(), Map.of()));
			assertThat(context.getBean(LoadBalancerClient.class).choose("worker", new DefaultRequest<>(version2)))
				.extracting(ServiceInstance::getInstanceId)
				.isEqualTo("i-2");
		}, "spring.cloud.loadbalancer.clients.worker.configurations=api-version",
				"spring.cloud.loadbalancer.clients.worker.api-version.header=X-Version");
	}

	@Test
	void usesOnlyDnsWithoutMetadata() {
		run((context) -> {
			register(context, "i-1", 8080, Map.of("slot", "blue"));
			assertThat(context.getBean(DiscoveryClient.class).getInstances("worker").get(0).getMetadata()).isEmpty();
			assertThat(context.getBean(Registry.class).calls().of("DiscoverInstances").calls()).isZero();
		}, "discovery.lookup.metadata=false");
	}

	private void run(Consumer<ApplicationContext> test, String... properties) {
		this.runner.withPropertyValues(properties).run(test::accept);
	}

	private static void register(ApplicationContext context, String id, int port, Map<String, String> attributes) {
		context.getBean(Registry.class)
			.register(new InstanceRegistration(WORKER, id, "127.0.0.1", port, attributes,
					new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	private static Map<String, Long> calls(ApplicationContext context) {
		LoadBalancerClient client = context.getBean(LoadBalancerClient.class);
		return IntStream.range(0, CALLS)
			.mapToObj((call) -> client.choose("worker"))
			.map(ServiceInstance::getInstanceId)
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
	}

}
