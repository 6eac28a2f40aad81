package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.cloud.openfeign.clientconfig.HttpClient5FeignConfiguration.HttpClientConnectionManagerBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.web.bind.annotation.GetMapping;
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

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final RecordingServer server = RecordingServer.secure("named", LoopbackCertificate.NAMES.server());

	@AfterAll
	void close() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jetty", "http-components" })
	void resolvesInstancesFromTheCatalog(String library) {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE, Application.class,
				"spring.http.clients.imperative.factory=" + library,
				"spring.http.clients.reactive.connector=" + library, "spring.http.clients.ssl.bundle=instances")) {
			assertThat(context.getBean(RestTemplate.class).getForObject("http://by-name/", String.class))
				.isEqualTo("named");
			assertThat(context.getBean("loadBalanced", RestClient.Builder.class)
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
				.block(LIMIT)).isEqualTo("named");
		}
	}

	@Test
	void gatewayResolvesInstancesFromTheCatalog() {
		String route = "spring.cloud.gateway.server.webflux.routes[0].";
		try (ConfigurableApplicationContext gateway = start(WebApplicationType.REACTIVE, GatewayApplication.class,
				"server.port=0", "server.address=127.0.0.1", route + "id=by-name", route + "uri=lb://by-name",
				route + "predicates[0]=Path=/**",
				"spring.cloud.gateway.server.webflux.httpclient.ssl.ssl-bundle=instances")) {
			assertThat(RestClient.create()
				.get()
				.uri("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.server.port") + "/")
				.retrieve()
				.body(String.class)).isEqualTo("named");
		}
	}

	@Test
	void feignOnApachesClientResolvesInstancesFromTheCatalog() {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE, FeignApplication.class)) {
			assertThat(context.getBean(ByName.class).get()).isEqualTo("named");
		}
	}

	private ConfigurableApplicationContext start(WebApplicationType type, Class<?> application, String... properties) {
		String bundle = "spring.ssl.bundle.jks.instances.truststore.";
		ConfigurableApplicationContext context = BootClientsApplication.start(type, application,
				Stream
					.concat(Stream.of("discovery.load-balancer.call-by=name",
							bundle + "location=file:" + LoopbackCertificate.store(),
							bundle + "password=" + LoopbackCertificate.PASSWORD), Stream.of(properties))
					.toArray(String[]::new));
		Workers.register(context, "by-name", Map.of("secure", "true"), this.server.port());
		return context;
	}

	static class Application extends BootClientsApplication {

		@Bean(defaultCandidate = false)
		@LoadBalanced
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		WebClient.Builder reactive(WebClient.Builder builder) {
			return builder;
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class GatewayApplication {

	}

	@FeignClient("by-name")
	interface ByName {

		@GetMapping("/")
		String get();

	}

	@EnableFeignClients(clients = ByName.class)
	static class FeignApplication extends BootClientsApplication {

		@Bean
		HttpClientConnectionManagerBuilderCustomizer trustedInstances(SslBundles bundles) {
			return (builder) -> builder
				.setTlsSocketStrategy(new DefaultClientTlsStrategy(bundles.getBundle("instances").createSslContext()));
		}

	}

}
