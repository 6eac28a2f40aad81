package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the HTTP libraries call instances by names that DNS does not resolve, with
 * an SSL bundle that trusts their certificate.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallByNameTests {

	private final RecordingServer server = RecordingServer.secure("named", LoopbackCertificate.NAMES.server());

	@AfterAll
	void close() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jetty", "http-components" })
	void resolvesInstancesFromTheCatalog(String library) {
		try (ConfigurableApplicationContext context = start(library)) {
			Workers.register(context, "by-name", Map.of("secure", "true"), this.server.port());
			assertThat(context.getBean(RestTemplate.class).getForObject("http://by-name/", String.class))
				.isEqualTo("named");
			assertThat(context.getBean("blocking", RestClient.Builder.class)
				.build()
				.get()
				.uri("http://by-name/")
				.retrieve()
				.body(String.class)).isEqualTo("named");
			assertThat(context.getBean("reactive", WebClient.Builder.class)
				.build()
				.get()
				.uri("http://by-name/")
				.retrieve()
				.bodyToMono(String.class)
				.block(Duration.ofSeconds(30))).isEqualTo("named");
		}
	}

	private static ConfigurableApplicationContext start(String library) {
		String bundle = "spring.ssl.bundle.jks.instances.truststore.";
		String[] arguments = Stream.of("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0", "discovery.registration.enabled=false",
				"discovery.load-balancer.call-by=name", "spring.cloud.gateway.server.webflux.enabled=false",
				"spring.main.banner-mode=off", "spring.reactor.netty.shutdown-quiet-period=0s",
				"spring.http.clients.imperative.factory=" + library, "spring.http.clients.reactive.connector=reactor",
				"spring.http.clients.ssl.bundle=instances", bundle + "location=file:" + LoopbackCertificate.store(),
				bundle + "password=" + LoopbackCertificate.PASSWORD)
			.map((property) -> "--" + property)
			.toArray(String[]::new);
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).run(arguments);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@LoadBalanced
		RestTemplate template(RestTemplateBuilder builder) {
			return builder.build();
		}

		@Bean(defaultCandidate = false)
		@LoadBalanced
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		RestClient.Builder blocking(RestClient.Builder builder) {
			return builder;
		}

		@Bean(defaultCandidate = false)
		@LoadBalanced
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		WebClient.Builder reactive(WebClient.Builder builder) {
			return builder;
		}

	}

}
