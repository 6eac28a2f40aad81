package dev.cloudmap.discovery.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the analysis of failed starts.
 */
class DiscoveryFailureAnalyzerTests {

	private final ApplicationContextRunner application = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.registry=embedded", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0");

	@Test
	void exceptionHasDescriptionAndAction() {
		FailureAnalysis analysis = analyze(new BeanCreationException("registry",
				new AccessDeniedException("RegisterInstance was denied", "Allow it", null)));
		assertThat(analysis.getDescription()).isEqualTo("RegisterInstance was denied");
		assertThat(analysis.getAction()).isEqualTo("Allow it");
	}

	@Test
	void namespaceIsMissing() {
		assertAnalysis("discovery.namespace=", "No namespace is set", "discovery.enabled=false");
	}

	@Test
	void namespaceIsInvalid() {
		assertAnalysis("discovery.namespace=my corp", "'my corp' is not a valid namespace", "discovery.namespace");
	}

	@Test
	void dnsServerIsInvalid() {
		assertAnalysis("discovery.lookup.dns.servers=127.0.0.1:port", "'127.0.0.1:port'",
				"discovery.lookup.dns.servers");
	}

	@Test
	void aliasIsInvalid() {
		assertAnalysis("discovery.aliases.payments=a b", "discovery.aliases", "discovery.aliases");
	}

	@Test
	void portOfServiceIsInvalid() {
		assertAnalysis("discovery.lookup.services.worker.port=70000", "discovery.lookup.services",
				"discovery.lookup.services");
	}

	@Test
	void durationIsTooShort() {
		assertAnalysis("discovery.lookup.timeout=0s", "discovery.lookup.timeout", "discovery.lookup.timeout");
	}

	@Test
	void durationIsNegative() {
		assertAnalysis("discovery.lookup.service-attributes=-1s", "discovery.lookup.service-attributes",
				"discovery.lookup.service-attributes");
	}

	@Test
	void portOfEmbeddedRegistryIsInvalid() {
		assertAnalysis("discovery.embedded.http-port=70000", "discovery.embedded.http-port is 70000",
				"Correct discovery.embedded.http-port");
	}

	@Test
	void portOfEmbeddedRegistryIsTaken() {
		try (RecordingServer other = RecordingServer.plain("other")) {
			this.application.withUserConfiguration(LookupAtStart.class)
				.withPropertyValues("discovery.embedded.http-port=" + other.port())
				.run((context) -> {
					FailureAnalysis analysis = analyze(context.getStartupFailure());
					assertThat(analysis.getDescription()).startsWith("Port " + other.port() + " of 127.0.0.1")
						.endsWith("expected a free port or a registry to join, found an HTTP server that is not a"
								+ " registry (status 200)");
					assertThat(analysis.getAction()).startsWith("Stop that program, or give all your applications"
							+ " another port: discovery.embedded.http-port=");
				});
		}
	}

	@Test
	void secretIsTooShort() {
		assertAnalysis("discovery.embedded.secret=short", "has 5 characters", "openssl rand");
	}

	private void assertAnalysis(String property, String description, String action) {
		this.application.withPropertyValues(property).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains(description);
			assertThat(analysis.getAction()).contains(action);
		});
	}

	private static FailureAnalysis analyze(Throwable failure) {
		List<FailureAnalyzer> analyzers = SpringFactoriesLoader
			.forDefaultResourceLocation(DiscoveryFailureAnalyzer.class.getClassLoader())
			.load(FailureAnalyzer.class, SpringFactoriesLoader.ArgumentResolver.none(),
					(type, name, exception) -> assertThat(name).doesNotContain("cloudmap"));
		return analyzers.stream()
			.filter((analyzer) -> analyzer.getClass().getName().contains("cloudmap"))
			.map((analyzer) -> analyzer.analyze(failure))
			.filter((analysis) -> analysis != null)
			.findFirst()
			.orElseThrow(() -> new AssertionError("No analysis of " + failure, failure));
	}

	@Configuration(proxyBeanMethods = false)
	static class LookupAtStart {

		@Bean
		Iterable<String> services(Registry registry) {
			return registry.services(new Namespace("corp")).stream().map(String::valueOf).toList();
		}

	}

}
