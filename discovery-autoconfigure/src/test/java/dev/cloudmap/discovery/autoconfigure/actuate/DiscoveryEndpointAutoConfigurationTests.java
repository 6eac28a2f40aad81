package dev.cloudmap.discovery.autoconfigure.actuate;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryEndpoint;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryEndpointWebExtension;
import dev.cloudmap.discovery.actuate.endpoint.DiscoveryInfoContributor;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.lookup.InstanceSource;

import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryEndpointAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class,
				DiscoveryClientAutoConfiguration.class, DiscoveryEndpointAutoConfiguration.class))
		.withBean(InstanceSource.class, DiscoveryEndpointAutoConfigurationTests::source)
		.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0", "management.endpoints.web.exposure.include=discovery");

	private static InstanceSource source() {
		return (service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(new Instance(service,
				"i-1", "10.0.0.1", 80, HealthStatus.HEALTHY, Map.of("password", "secret", "zone", "a"))), "test"));
	}

	@Test
	void hidesValuesOfAttributesByDefault() {
		this.runner.run((context) -> assertThat(
				attributes(context.getBean(InstanceCatalog.class), context.getBean(DiscoveryEndpoint.class)))
			.isEqualTo(Map.of("password", "******", "zone", "******")));
	}

	@Test
	void appliesSanitizingFunctionsToShownValues() {
		this.runner.withPropertyValues("management.endpoint.discovery.show-values=always")
			.withBean(SanitizingFunction.class,
					() -> (data) -> data.getKey().equals("password") ? data.withSanitizedValue() : data)
			.run((context) -> assertThat(
					attributes(context.getBean(InstanceCatalog.class), context.getBean(DiscoveryEndpoint.class)))
				.isEqualTo(Map.of("password", "******", "zone", "a")));
	}

	private static Map<String, Object> attributes(InstanceCatalog catalog, DiscoveryEndpoint endpoint) {
		catalog.service("worker").instances().join();
		return endpoint.service("worker").instances().get(0).attributes();
	}

	@Test
	void describesADisabledRegistration() {
		this.runner.run((context) -> {
			assertThat(context.getBean(DiscoveryEndpoint.class).discovery().registration().state())
				.isEqualTo("DISABLED");
			assertThat(context).hasSingleBean(DiscoveryInfoContributor.class);
		});
	}

	@Test
	void backsOffUnlessExposedAndAccessible() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DiscoveryEndpoint.class)
				.doesNotHaveBean(DiscoveryEndpointWebExtension.class));
		this.runner.withPropertyValues("management.endpoint.discovery.access=NONE")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DiscoveryEndpoint.class));
	}

	@Test
	void backsOffWithoutActuatorOrDiscovery() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DiscoveryInfoContributor.class));
		this.runner.withPropertyValues("discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DiscoveryEndpoint.class)
				.doesNotHaveBean(DiscoveryInfoContributor.class));
	}

	@Test
	void infoContributorCanBeDisabled() {
		this.runner.withPropertyValues("management.info.discovery.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(DiscoveryInfoContributor.class));
	}

}
