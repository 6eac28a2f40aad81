package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.loadbalancer.core.NoopServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Mono;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.CatalogLoadBalancerConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.choice.TestBalancing;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogLoadBalancerConfigurationTests {

	private final ManualTimer timer = new ManualTimer();

	private int port = 8080;

	private final InstanceCatalog catalog = TestCatalog.of((service) -> CompletableFuture.completedFuture(set(service)),
			this.timer);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(CatalogLoadBalancerConfiguration.class)
		.withBean(InstanceCatalog.class, () -> this.catalog)
		.withBean(OtherDiscoveryClients.class, () -> TestOtherClients.NONE)
		.withBean(CallStatistics.class, () -> new TestBalancing().statistics())
		.withPropertyValues("loadbalancer.client.name=worker");

	@Test
	void loadBalancerUsesEachChangeImmediately() {
		this.runner.run((context) -> {
			ServiceInstanceListSupplier supplier = context.getBean(ServiceInstanceListSupplier.class);
			assertThat(supplier.getServiceId()).isEqualTo("worker");
			assertThat(supplier.get().blockFirst()).extracting(ServiceInstance::getPort).containsExactly(8080);
			this.port = 9090;
			this.timer.advance(Duration.ofSeconds(6));
			assertThat(supplier.get().blockFirst()).extracting(ServiceInstance::getPort).containsExactly(9090);
		});
	}

	@Test
	void balancesInstancesOfCatalog() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(CatalogLoadBalancer.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.cloud.loadbalancer.configurations=zone-preference",
			"spring.cloud.loadbalancer.clients.worker.configurations=zone-preference" })
	void keepsOtherConfiguration(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).doesNotHaveBean(ServiceInstanceListSupplier.class)
				.doesNotHaveBean(ReactorLoadBalancer.class));
		this.runner.withPropertyValues(property, "spring.cloud.loadbalancer.clients.worker.configurations=default")
			.run((context) -> assertThat(context).hasSingleBean(CatalogLoadBalancer.class));
	}

	@Test
	void usesUserListSupplier() {
		this.runner.withBean("mine", ServiceInstanceListSupplier.class, NoopServiceInstanceListSupplier::new)
			.run((context) -> assertThat(context).hasSingleBean(NoopServiceInstanceListSupplier.class)
				.hasSingleBean(ServiceInstanceListSupplier.class)
				.doesNotHaveBean(CatalogLoadBalancer.class));
	}

	@Test
	void userLoadBalancerReadsCatalog() {
		this.runner
			.withBean("mine", ReactorServiceInstanceLoadBalancer.class,
					() -> (request) -> Mono.just(new EmptyResponse()))
			.run((context) -> assertThat(context).hasSingleBean(ReactorLoadBalancer.class)
				.hasSingleBean(CatalogServiceInstanceListSupplier.class)
				.doesNotHaveBean(CatalogLoadBalancer.class));
	}

	private InstanceSet set(ServiceName service) {
		return new InstanceSet(service,
				List.of(new Instance(service, "a", "127.0.0.1", this.port, HealthStatus.UNKNOWN, Map.of())), "test");
	}

}
