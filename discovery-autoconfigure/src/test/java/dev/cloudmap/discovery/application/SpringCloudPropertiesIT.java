package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.EnableDiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications that use the properties of Spring Cloud Commons and LoadBalancer.
 */
@Tag("slow")
class SpringCloudPropertiesIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final ParameterizedTypeReference<Map<String, String>> HEADERS = new ParameterizedTypeReference<>() {
	};

	private static final Applications APPLICATIONS = new Applications();

	private static ConfigurableApplicationContext echo;

	@BeforeAll
	static void startService() {
		echo = APPLICATIONS.start(Echo.class, WebApplicationType.SERVLET, "echo");
		await().atMost(LIMIT).until(() -> phase(echo) == Phase.REGISTERED);
	}

	@AfterAll
	static void stop() {
		APPLICATIONS.close();
	}

	@Test
	void requestsAreTransformed() {
		try (ConfigurableApplicationContext backend = APPLICATIONS.start(Measured.class, WebApplicationType.SERVLET,
				"backend", "spring.cloud.loadbalancer.clients.echo.x-forwarded.enabled=true",
				"spring.cloud.loadbalancer.sticky-session.add-service-instance-cookie=true",
				"spring.cloud.loadbalancer.stats.micrometer.enabled=true")) {
			String id = echo.getBean(Registration.class).getInstanceId();
			// of the instance, as without this load balancer
			assertThat(blocking(backend)).containsEntry("x-forwarded-host", "127.0.0.1")
				.containsEntry("x-forwarded-proto", "http")
				.containsEntry("cookie", "sc-lb-instance-id=" + id);
			assertThat(reactive(backend)).containsEntry("cookie", "sc-lb-instance-id=" + id);
			assertThat(backend.getBean(MeterRegistry.class)
				.get("loadbalancer.requests.success")
				.tag("serviceId", "echo")
				.timers()
				.stream()
				.mapToLong((timer) -> timer.count())
				.sum()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "blocking", "reactive" })
	void callsAndIsRegisteredWithOneKindOfDiscoveryClient(String disabled) {
		try (ConfigurableApplicationContext backend = APPLICATIONS.backend(
				"spring.cloud.discovery." + disabled + ".enabled=false",
				"spring.cloud.loadbalancer.cache.enabled=false", "spring.cloud.refresh.enabled=false")) {
			assertThat(blocking(backend)).containsEntry("host", hostOfEcho());
			assertThat(reactive(backend)).containsEntry("host", hostOfEcho());
			await().atMost(LIMIT).until(() -> phase(backend) == Phase.REGISTERED);
		}
	}

	@Test
	void applicationWithoutDiscoveryStarts() {
		try (ConfigurableApplicationContext backend = APPLICATIONS.backend("spring.cloud.discovery.enabled=false")) {
			assertThat(backend.getBeanProvider(AutoServiceRegistration.class).getIfAvailable()).isNull();
			assertThat(backend.getBeanProvider(RegistrationReconciler.class).getIfAvailable()).isNull();
		}
	}

	@Test
	void withoutLoadBalancerAndHealthIndicatorsIsRegisteredAndFindsServices() {
		try (ConfigurableApplicationContext backend = APPLICATIONS.backend("spring.cloud.loadbalancer.enabled=false",
				"spring.cloud.discovery.client.health-indicator.enabled=false",
				"spring.cloud.discovery.client.composite-indicator.enabled=false")) {
			await().atMost(LIMIT).until(() -> phase(backend) == Phase.REGISTERED);
			assertThat(backend.getBean(DiscoveryClient.class).getInstances("echo")).hasSize(1);
			assertThat(backend.getBean(ReactiveDiscoveryClient.class).getInstances("echo").collectList().block())
				.hasSize(1);
			HealthEndpoint health = backend.getBean(HealthEndpoint.class);
			assertThat(health.healthForPath("discoveryComposite")).isNull();
			assertThat(health.healthForPath("discovery").getStatus()).isEqualTo(Status.UP);
		}
	}

	@Test
	void registersByHand() {
		try (ConfigurableApplicationContext manual = APPLICATIONS.start(ByHand.class, WebApplicationType.SERVLET,
				"manual")) {
			assertThat(manual.getBeanProvider(AutoServiceRegistration.class).getIfAvailable()).isNull();
			assertThat(phase(manual)).isEqualTo(Phase.WAITING);
			@SuppressWarnings("unchecked")
			ServiceRegistry<Registration> registry = manual.getBean(ServiceRegistry.class);
			Registration registration = manual.getBean(Registration.class);
			registry.register(registration);
			await().atMost(LIMIT).until(() -> manual.getBean(DiscoveryClient.class).getInstances("manual").size() == 1);
			assertThat(manual.getBean(DiscoveryClient.class).getInstances("manual").get(0).getPort())
				.isEqualTo(registration.getPort());
			registry.deregister(registration);
			await().atMost(LIMIT).until(() -> phase(manual) == Phase.DEREGISTERED);
		}
	}

	private static Map<String, String> blocking(ConfigurableApplicationContext backend) {
		return backend.getBean(RestClient.Builder.class).build().get().uri("http://echo/").retrieve().body(HEADERS);
	}

	private static Map<String, String> reactive(ConfigurableApplicationContext backend) {
		return backend.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri("http://echo/")
			.retrieve()
			.bodyToMono(HEADERS)
			.block();
	}

	private static String hostOfEcho() {
		return "127.0.0.1:" + echo.getBean(Registration.class).getPort();
	}

	private static Phase phase(ConfigurableApplicationContext context) {
		return context.getBean(RegistrationReconciler.class).state().phase();
	}

	/**
	 * Answers with the headers of the request, their names in lower case.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@RestController
	static class Echo {

		@GetMapping("/")
		Map<String, String> headers(@RequestHeader Map<String, String> headers) {
			Map<String, String> lowerCase = new LinkedHashMap<>();
			headers.forEach((name, value) -> lowerCase.put(name.toLowerCase(Locale.ROOT), value));
			return lowerCase;
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Applications.Backend.class)
	static class Measured {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@EnableDiscoveryClient(autoRegister = false)
	static class ByHand {

	}

}
