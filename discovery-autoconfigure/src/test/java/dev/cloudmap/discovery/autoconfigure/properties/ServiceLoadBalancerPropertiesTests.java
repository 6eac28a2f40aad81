package dev.cloudmap.discovery.autoconfigure.properties;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingAlgorithm;
import dev.cloudmap.discovery.loadbalancer.choice.Subset;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Load balancer properties for all services and for single services.
 */
class ServiceLoadBalancerPropertiesTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final ServiceName OTHER = new ServiceName(new Namespace("corp"), "other");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new)
		.withPropertyValues("discovery.namespace=corp");

	@Test
	void defaultsAreSafe() {
		this.runner.run((context) -> {
			LoadBalancerProperties all = context.getBean(ServiceLoadBalancerProperties.class).of(WORKER);
			assertThat(all).isEqualTo(context.getBean(LoadBalancerProperties.class));
			assertThat(all.balancing()).isEqualTo(BalancingAlgorithm.ROUND_ROBIN);
			assertThat(all.outlier().policy()).isEqualTo(new OutlierPolicy(true, 2, 5, 0.5, 20, Duration.ofSeconds(10),
					Duration.ofSeconds(1), Duration.ofSeconds(30), 5, Duration.ofMillis(100), 0.5));
			assertThat(all.balancing(() -> "a").zone().get()).isEqualTo("a");
			assertThat(all.balancing(() -> "a").subset()).isEqualTo(Subset.ALL);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "services.order-worker", "services[order-worker]" })
	void serviceNameMayContainDashes(String prefix) {
		this.runner.withPropertyValues("discovery.load-balancer." + prefix + ".outlier.window=30s").run((context) -> {
			ServiceLoadBalancerProperties settings = context.getBean(ServiceLoadBalancerProperties.class);
			assertThat(settings.of(new ServiceName(new Namespace("corp"), "order-worker")).outlier().window())
				.hasSeconds(30);
		});
	}

	@Test
	void unsetServicePropertiesInheritGlobalValues() {
		this.runner
			.withPropertyValues("discovery.load-balancer.outlier.window=20s",
					"discovery.load-balancer.outlier.max-ejection=1m", "discovery.load-balancer.zone=a",
					"discovery.load-balancer.subset.headers.X-Slot=slot",
					"discovery.load-balancer.services.worker.outlier.window=30s",
					"discovery.load-balancer.services.worker.balancing=least-outstanding",
					"discovery.load-balancer.services.worker.zone=",
					"discovery.load-balancer.services[worker.partner].outlier.enabled=${no.such:false}",
					"discovery.load-balancer.services[worker.partner].subset.metadata.slot=blue")
			.run((context) -> {
				ServiceLoadBalancerProperties settings = context.getBean(ServiceLoadBalancerProperties.class);
				LoadBalancerProperties worker = settings.of(WORKER);
				assertThat(worker.balancing()).isEqualTo(BalancingAlgorithm.LEAST_OUTSTANDING);
				assertThat(worker.outlier().window()).hasSeconds(30);
				assertThat(worker.outlier().maxEjection()).hasMinutes(1);
				assertThat(worker.outlier().connectFailures()).isEqualTo(2);
				assertThat(worker.balancing(() -> "b").zone().get()).isNull();
				assertThat(settings.of(OTHER).balancing()).isEqualTo(BalancingAlgorithm.ROUND_ROBIN);
				assertThat(settings.of(OTHER).outlier().window()).hasSeconds(20);
				assertThat(settings.of(OTHER).balancing(() -> "b").zone().get()).isEqualTo("a");
				LoadBalancerProperties partner = settings.of(new ServiceName(new Namespace("partner"), "worker"));
				assertThat(partner.outlier().enabled()).isFalse();
				assertThat(partner.subset().metadata()).isEqualTo(Map.of("slot", "blue"));
				assertThat(partner.subset().headers()).isEqualTo(Map.of("X-Slot", "slot"));
				assertThat(partner.outlier().window()).hasSeconds(20);
			});
	}

	@ParameterizedTest
	@CsvSource({ "connect-failures=0, expected 1 or more", "consecutive-failures=-1, expected 1 or more",
			"minimum-requests=0, expected 1 or more", "failure-ratio=50, 'expected a ratio from 0 to 1'",
			"max-ejected=NaN, 'expected a ratio from 0 to 1'", "window=1ms, expected 50ms or more",
			"base-ejection=0s, expected 50ms or more",
			"max-ejection=500ms, 'no less than base-ejection, which is 1000ms'" })
	void rejectsInvalidValues(String property, String expected) {
		for (String place : new String[] { "discovery.load-balancer", "discovery.load-balancer.services[worker]" }) {
			this.runner.withPropertyValues(place + ".outlier." + property)
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining(place + ".outlier." + property.substring(0, property.indexOf('=')) + " is ")
					.hasMessageContaining(expected));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.load-balancer.services.other.partner.balancing=least-outstanding",
			"discovery.load-balancer.services.other.balancign=least-outstanding" })
	void ignoresUnknownProperties(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context.getBean(ServiceLoadBalancerProperties.class).of(OTHER).balancing())
				.isEqualTo(BalancingAlgorithm.ROUND_ROBIN));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-worker", "worker..corp" })
	void rejectsInvalidServiceName(String name) {
		this.runner.withPropertyValues("discovery.load-balancer.services[" + name + "].zone=a")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("discovery.load-balancer.services has an entry '" + name + "'"));
	}

	@Test
	void rejectsTwoNamesOfOneService() {
		this.runner
			.withPropertyValues("discovery.load-balancer.services.worker.zone=a",
					"discovery.load-balancer.services[worker.corp].zone=b")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("several entries for service worker.corp"));
	}

}
