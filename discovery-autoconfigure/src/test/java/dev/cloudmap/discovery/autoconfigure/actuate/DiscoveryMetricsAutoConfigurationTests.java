package dev.cloudmap.discovery.autoconfigure.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.actuate.metrics.RegistryCallMetrics;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryMetricsAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0");

	@Test
	void metersRegistryCalls() {
		this.runner.run((context) -> {
			MeterRegistry meters = new SimpleMeterRegistry();
			context.getBean(RegistryCallMetrics.class).bindTo(meters);
			context.getBean(Registry.class).services(new Namespace("corp"));
			assertThat(meters.get("discovery.registry.calls")
				.tags("operation", "ListNamespaces", "outcome", "success")
				.functionCounter()
				.count()).isOne();
		});
	}

	@Test
	void backsOffWithoutMicrometer() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RegistryCallMetrics.class));
	}

	@Test
	void backsOffIfDiscoveryIsDisabled() {
		this.runner.withPropertyValues("discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RegistryCallMetrics.class));
	}

}
