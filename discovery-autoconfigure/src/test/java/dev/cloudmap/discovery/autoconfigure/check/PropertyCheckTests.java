package dev.cloudmap.discovery.autoconfigure.check;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.DiscoveryFailureAnalyzer;
import dev.cloudmap.discovery.autoconfigure.registry.PropertyCheckAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Log messages for mistyped properties, and the failure without a namespace.
 */
@ExtendWith(OutputCaptureExtension.class)
class PropertyCheckTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class, PropertyCheckAutoConfiguration.class))
		.withBean(Registry.class, FakeRegistry::new);

	@Test
	void warnsOfMistypedPropertyAfterStart(CapturedOutput output) {
		this.runner.withPropertyValues("discovery.namespace=corp", "discovery.lookup.refesh=3s").run((context) -> {
			assertThat(output).doesNotContain("refesh");
			ready(context);
			await().untilAsserted(() -> assertThat(output).contains("Property discovery.lookup.refesh (",
					"Did you mean discovery.lookup.refresh?"));
			// Spring Boot's log pattern shortens the name of the thread
			assertThat(output.getOut().lines().filter((line) -> line.contains("refesh"))).singleElement()
				.asString()
				.contains("WARN", "covery-lookup-");
		});
	}

	@Test
	void warnsOfMistypedListOnce(CapturedOutput output) {
		this.runner
			.withPropertyValues("discovery.namespace=corp", "discovery.lookup.dns.server[0]=127.0.0.1",
					"discovery.lookup.dns.server[1]=127.0.0.2", "discovery.enable=true")
			.run((context) -> {
				ready(context);
				await().untilAsserted(() -> assertThat(output).contains("discovery.enable ", "dns.server["));
				assertThat(output.getOut().lines().filter((line) -> line.contains("dns.server["))).hasSize(1);
			});
	}

	@Test
	void ignoresPropertiesOfApplication(CapturedOutput output) {
		this.runner.withUserConfiguration(GeoConfiguration.class)
			.withPropertyValues("discovery.namespace=corp", "discovery.lookups.idel=3s",
					"discovery.load-balancer.services.worker.zoen=1")
			.run((context) -> {
				ready(context);
				await().untilAsserted(() -> assertThat(output).contains("services.worker.zoen"));
				assertThat(output).doesNotContain("lookups");
			});
	}

	@Test
	void ignoresPropertiesInjectedByValue(CapturedOutput output) {
		this.runner
			.withPropertyValues("discovery.namespace=corp", "discovery.host=h", "discovery.port=1",
					"discovery.region=r", "discovery.timeout=3s", "discovery.lookup.refesh=3s")
			.run((context) -> {
				ready(context);
				await().untilAsserted(() -> assertThat(output).contains("Property discovery.lookup.refesh ("));
				assertThat(output.getOut().lines().filter((line) -> line.contains("Did you mean"))).hasSize(1);
			});
	}

	@Test
	void warnsOncePerPropertyAcrossSourcesAndContexts(CapturedOutput output) {
		ConfigurableApplicationContext child = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("discovery.namespace=corp", "discovery.lookup.refesh=3s", "discovery.embedded.http-port=0",
					"discovery.embedded.dns-port=0", "discovery.registration.enabled=false")
			.child(Application.class)
			.web(WebApplicationType.NONE)
			.run("--discovery.lookup.refesh=4s", "--discovery.registration.drian=1s");
		try {
			await().untilAsserted(() -> assertThat(output).contains("discovery.registration.drian"));
			await().during(Duration.ofMillis(100))
				.untilAsserted(
						() -> assertThat(output.getOut().lines().filter((line) -> line.contains("refesh"))).hasSize(1));
		}
		finally {
			((ConfigurableApplicationContext) child.getParent()).close();
			child.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "discovery.namspace=corp, discovery.namspace", "discovry.namespace=corp, discovry.namespace",
			"discovery.name.space=corp, discovery.name.space",
			"spring.discovery.namespace=corp, spring.discovery.namespace",
			"cloudmap.namespace=corp, cloudmap.namespace",
			"discovery.cloud-map.namespace=corp, discovery.cloud-map.namespace",
			"discovery.lookup.namespace=corp, discovery.lookup.namespace",
			"discovery-namespace=corp, discovery-namespace" })
	void missingNamespaceSuggestsMistypedProperty(String property, String named) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(analysis(context).getDescription()).startsWith("No namespace is set")
				.contains("Property " + named + " (", " is unknown. Did you mean discovery.namespace?"));
	}

	@Test
	void missingNamespaceSuggestsMistypedVariable() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
						Map.of("DISCOVERY_NAMSPACE", "corp"))))
			.run((context) -> assertThat(analysis(context).getDescription())
				.contains("(\"DISCOVERY_NAMSPACE\" from property source ", "Did you mean discovery.namespace?"));
	}

	@Test
	void missingNamespaceSuggestsMistypedSwitch() {
		this.runner.withPropertyValues("discovery.enable=false")
			.run((context) -> assertThat(analysis(context).getDescription()).contains("Property discovery.enable (",
					"Did you mean discovery.enabled?"));
	}

	@Test
	void reportsEmptyNamespace() {
		this.runner.withPropertyValues("discovery.namespace=${no.such.name:}")
			.run((context) -> assertThat(analysis(context).getDescription()).contains("Property discovery.namespace (",
					") is empty"));
	}

	@Test
	void missingNamespaceWithoutSimilarPropertyHasNoSuggestion() {
		this.runner
			.withPropertyValues("spring.cloud.kubernetes.client.namespace=corp", "discovery.lookup.namespaces=corp")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("No namespace is set: expected the namespace of this application"));
	}

	private static void ready(AssertableApplicationContext context) {
		ConfigurableApplicationContext source = context.getSourceApplicationContext();
		source.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0], source, Duration.ZERO));
	}

	private static FailureAnalysis analysis(AssertableApplicationContext context) {
		FailureAnalysis analysis = new DiscoveryFailureAnalyzer().analyze(context.getStartupFailure());
		assertThat(analysis).isNotNull();
		assertThat(analysis.getCause()).isInstanceOf(DiscoveryException.class);
		return analysis;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(Lookups.class)
	static class GeoConfiguration {

	}

	@ConfigurationProperties("discovery.lookups")
	record Lookups(Duration idel) {
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ RegistryAutoConfiguration.class, PropertyCheckAutoConfiguration.class })
	static class Application {

		@Bean
		FakeRegistry registry() {
			return new FakeRegistry();
		}

	}

}
