package dev.cloudmap.discovery.autoconfigure.client;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Aliases of services. Everything that accepts a service name resolves them.
 */
class AliasPropertiesTests {

	private static final Namespace CORP = new Namespace("corp");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new)
		.withPropertyValues("discovery.namespace=corp", "discovery.aliases.payments=payments-v2");

	@Test
	void aliasResolvesToSameServiceEverywhere() {
		this.runner.withPropertyValues("discovery.lookup.services.payments.port=8080").run((context) -> {
			InstanceCatalog catalog = context.getBean(InstanceCatalog.class);
			assertThat(catalog.service("payments")).isSameAs(catalog.service("payments-v2.corp"));
			assertThat(context.getBean(ConfiguredServices.class).port(new ServiceName(CORP, "payments-v2")))
				.isEqualTo(8080);
		});
	}

	@Test
	void bracketsAreOptionalForAliasWithDots() {
		this.runner
			.withPropertyValues("discovery.aliases[server.hello-world.com]=server.corp",
					"discovery.aliases.old.example.com=server.partner")
			.run((context) -> {
				Namespaces namespaces = context.getBean(Namespaces.class);
				assertThat(namespaces.serviceName("server.hello-world.com")).isEqualTo(new ServiceName(CORP, "server"));
				assertThat(namespaces.serviceName("old.example.com"))
					.isEqualTo(new ServiceName(new Namespace("partner"), "server"));
			});
	}

	@Test
	void invalidAliasFailsStart() {
		this.runner.withPropertyValues("discovery.aliases.billing=payments")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("discovery.aliases[billing] is 'payments', which is an alias"));
	}

}
