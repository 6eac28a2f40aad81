package dev.cloudmap.discovery.autoconfigure.client;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.LookupFilter.Health;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Properties of services under {@code discovery.lookup.services}, by service name.
 */
class ConfiguredServicesTests {

	private static final Namespace PARTNER = new Namespace("partner");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new)
		.withPropertyValues("discovery.namespace=corp");

	@ParameterizedTest
	@ValueSource(strings = { "worker", "worker.corp", "worker.Corp", "worker.corp." })
	void serviceOfDefaultNamespaceHasSeveralNames(String name) {
		this.runner.withPropertyValues("discovery.lookup.services[" + name + "].port=8080").run((context) -> {
			ConfiguredServices services = context.getBean(ConfiguredServices.class);
			assertThat(services.port(new ServiceName(new Namespace("corp"), "worker"))).isEqualTo(8080);
			assertThat(services.port(new ServiceName(PARTNER, "worker"))).isNull();
			assertThat(services.filter(new ServiceName(PARTNER, "worker"))).isEqualTo(LookupFilter.NONE);
		});
	}

	@Test
	void serviceOfAnotherNamespaceUsesQualifiedName() {
		this.runner
			.withPropertyValues("discovery.lookup.namespaces=partner",
					"discovery.lookup.services[worker.partner].port=8080",
					"discovery.lookup.services[worker.partner].health=healthy",
					"discovery.lookup.services[worker.partner].query-parameters[app.version]=2",
					"discovery.lookup.services[v1.worker.partner].port=9090")
			.run((context) -> {
				ConfiguredServices services = context.getBean(ConfiguredServices.class);
				assertThat(services.port(new ServiceName(PARTNER, "worker"))).isEqualTo(8080);
				assertThat(services.filter(new ServiceName(PARTNER, "worker")))
					.isEqualTo(new LookupFilter(Map.of("app.version", "2"), Map.of(), Health.HEALTHY));
				assertThat(services.port(new ServiceName(PARTNER, "v1.worker"))).isEqualTo(9090);
				assertThat(services.port(new ServiceName(new Namespace("corp"), "worker"))).isNull();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "-worker", "my worker", "worker..corp", ".corp" })
	void invalidServiceNameFailsWithSuggestion(String name) {
		this.runner.withPropertyValues("discovery.lookup.services[" + name + "].port=8080")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfies((failure) -> assertThat(failure).isInstanceOf(DiscoveryException.class))
				.satisfies((failure) -> assertThat(suggestsQualifiedName(context.getStartupFailure())).isTrue()));
	}

	private static boolean suggestsQualifiedName(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof DiscoveryException taught
					&& taught.getDescription().startsWith("discovery.lookup.services has an entry '")) {
				return taught.getDescription().contains("is not a valid")
						&& String.valueOf(taught.getAction()).contains("discovery.lookup.services[worker.partner].port")
						&& !String.valueOf(taught.getAction()).contains("spring.application.name");
			}
		}
		return false;
	}

	@Test
	void rejectsTwoNamesOfOneService() {
		this.runner
			.withPropertyValues("discovery.lookup.services.worker.port=8080",
					"discovery.lookup.services[worker.corp].port=9090")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("several entries for service worker.corp"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, 65536 })
	void rejectsInvalidPort(int port) {
		this.runner.withPropertyValues("discovery.lookup.services.worker.port=" + port)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("discovery.lookup.services[worker].port is " + port + ": expected 1 to 65535"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.lookup.services.other.partner.port=8080",
			"discovery.lookup.services.other.prot=8080" })
	void ignoresEmptySettings(String property) {
		this.runner.withPropertyValues("discovery.lookup.services.worker.port=8080", property)
			.run((context) -> assertThat(context.getBean(ConfiguredServices.class).services())
				.containsOnlyKeys(new ServiceName(new Namespace("corp"), "worker")));
	}

}
