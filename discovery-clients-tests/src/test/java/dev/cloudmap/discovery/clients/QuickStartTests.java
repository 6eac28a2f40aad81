package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests the clients of the quick start: only load-balanced builders create load-balanced
 * clients, each client has its own settings, and requests are observed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuickStartTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final RecordingServer server = RecordingServer.plain("worker");

	private ConfigurableApplicationContext application;

	private Injected injected;

	@BeforeAll
	void start() {
		this.application = new SpringApplicationBuilder(Application.class, Observations.class)
			.web(WebApplicationType.NONE)
			.run("--discovery.namespace=corp", "--discovery.embedded.http-port=0", "--discovery.embedded.dns-port=0",
					"--discovery.registration.enabled=false", "--spring.main.banner-mode=off",
					"--spring.cloud.gateway.server.webflux.enabled=false",
					"--spring.reactor.netty.shutdown-quiet-period=0s");
		this.injected = this.application.getBean(Injected.class);
		for (String service : new String[] { "by-rest-template", "by-rest-client", "by-web-client" }) {
			Workers.register(this.application, service, Map.of(), this.server.port());
		}
	}

	@AfterAll
	void stop() {
		this.application.close();
		this.server.close();
	}

	@Test
	void loadBalancedClientsAreObserved() {
		assertThat(this.injected.restTemplate.getForObject("http://by-rest-template/", String.class))
			.isEqualTo("worker");
		assertThat(get(this.injected.restClient.build(), "http://by-rest-client/")).isEqualTo("worker");
		assertThat(get(this.injected.webClient.build(), "http://by-web-client/")).isEqualTo("worker");
		Observations observations = this.application.getBean(Observations.class);
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(observations.values("discovery.service")).contains("by-rest-template",
					"by-rest-client", "by-web-client"));
	}

	@Test
	void unqualifiedBuildersAreNotLoadBalanced() {
		String url = "http://127.0.0.1:" + this.server.port() + "/";
		assertThat(get(this.injected.otherRestClient.build(), url)).isEqualTo("worker");
		assertThat(get(this.injected.otherWebClient.build(), url)).isEqualTo("worker");
		assertThat(this.injected.restTemplateBuilder.build().getForObject(url, String.class)).isEqualTo("worker");
	}

	@Test
	void clientsDoNotShareSettings() {
		this.injected.restClient.defaultHeader("X-Test", "of the first");
		this.injected.webClient.defaultHeader("X-Test", "of the first");
		this.server.arrived().clear();
		get(this.injected.secondRestClient.build(), "http://by-rest-client/");
		get(this.injected.secondWebClient.build(), "http://by-web-client/");
		assertThat(this.server.arrived()).hasSize(2).allMatch((arrived) -> arrived.contains("GET / null"));
	}

	private static String get(RestClient client, String url) {
		return client.get().uri(url).retrieve().body(String.class);
	}

	private static String get(WebClient client, String url) {
		return client.get().uri(url).retrieve().bodyToMono(String.class).block(LIMIT);
	}

	/** The clients as in the README. */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Injected.class)
	static class Application {

		@LoadBalanced
		@Bean(defaultCandidate = false)
		RestTemplate loadBalancedRestTemplate(RestTemplateBuilder builder) {
			return builder.build();
		}

		@LoadBalanced
		@Bean(defaultCandidate = false)
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		RestClient.Builder loadBalancedRestClientBuilder(RestClient.Builder builder) {
			return builder;
		}

		@LoadBalanced
		@Bean(defaultCandidate = false)
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		WebClient.Builder loadBalancedWebClientBuilder(WebClient.Builder builder) {
			return builder;
		}

	}

	record Injected(@LoadBalanced RestTemplate restTemplate, RestTemplateBuilder restTemplateBuilder,
			@LoadBalanced RestClient.Builder restClient, @LoadBalanced RestClient.Builder secondRestClient,
			RestClient.Builder otherRestClient, @LoadBalanced WebClient.Builder webClient,
			@LoadBalanced WebClient.Builder secondWebClient, WebClient.Builder otherWebClient) {
	}

}
