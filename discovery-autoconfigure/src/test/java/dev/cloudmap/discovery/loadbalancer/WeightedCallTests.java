package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.context.ApplicationContext;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.TestBalancing;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class WeightedCallTests {

	private static final int CALLS = 1000;

	private final ManualTimer timer = new ManualTimer();

	private List<String> weights = List.of("1", "3");

	private final InstanceCatalog catalog = TestCatalog.of((service) -> CompletableFuture.completedFuture(set(service)),
			this.timer);

	private final NamespaceServices services = NamespaceServices.of(TestCatalog.CORP,
			TestCatalog.services(new FakeRegistry(), Runnable::run, new ManualTimer()));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LoadBalancerAutoConfiguration.class,
				BlockingLoadBalancerClientAutoConfiguration.class, DiscoveryLoadBalancerAutoConfiguration.class))
		.withBean(InstanceCatalog.class, () -> this.catalog)
		.withBean(Prober.class, () -> Prober.NONE)
		.withBean(CallStatistics.class, () -> new TestBalancing().statistics())
		.withBean(OtherDiscoveryClients.class, () -> TestOtherClients.NONE)
		.withBean(CatalogDiscoveryClient.class,
				() -> new CatalogDiscoveryClient(this.catalog, this.services, TestOtherClients.NONE))
		.withPropertyValues("spring.cloud.loadbalancer.cache.enabled=false");

	@ParameterizedTest
	@ValueSource(strings = { "default", "weighted" })
	void callsAreProportionalToWeights(String configuration) {
		this.runner.withPropertyValues("spring.cloud.loadbalancer.configurations=" + configuration)
			.run((context) -> assertThat(calls(context))
				.containsExactlyInAnyOrderEntriesOf(Map.of("0", 250L, "1", 750L)));
	}

	@Test
	void changedWeightsApplyToLaterCalls() {
		this.runner.run((context) -> {
			assertThat(calls(context)).containsEntry("1", 750L);
			this.weights = List.of("1", "1");
			this.timer.advance(Duration.ofSeconds(6));
			assertThat(calls(context)).containsEntry("1", 500L);
			this.weights = List.of("1", "0", "9");
			this.timer.advance(Duration.ofSeconds(6));
			assertThat(calls(context).get("1")).isBetween(1L, 2L);
		});
	}

	private static Map<String, Long> calls(ApplicationContext context) {
		LoadBalancerClient client = context.getBean(LoadBalancerClient.class);
		return IntStream.range(0, CALLS)
			.mapToObj((call) -> client.choose("worker"))
			.map(ServiceInstance::getInstanceId)
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
	}

	private InstanceSet set(ServiceName service) {
		return new InstanceSet(service,
				IntStream.range(0, this.weights.size())
					.mapToObj((i) -> new Instance(service, String.valueOf(i), "127.0.0.1", 8080 + i,
							HealthStatus.UNKNOWN, Map.of("weight", this.weights.get(i))))
					.toList(),
				"test");
	}

}
