package dev.cloudmap.discovery.interplay;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.endpoint.ServiceRegistryEndpoint;
import org.springframework.cloud.consul.discovery.ConsulServiceInstance;
import org.springframework.cloud.consul.serviceregistry.ConsulRegistration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.testsupport.ConsulAgent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * An application with Consul's starter beside this one, and a Consul agent. It is skipped
 * without Consul, which is {@code peers.consul} or on the path.
 */
@Tag("slow")
class ConsulIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Path DIRECTORY = Path.of("target", "consul");

	private final Applications applications = new Applications();

	/** Consul accepts 200 connections of a client. */
	private RestClient agent;

	private @Nullable LegacyService legacy;

	private @Nullable ConsulAgent consul;

	@BeforeEach
	void startConsul() throws Exception {
		assumeTrue(ConsulAgent.executable().isPresent(), ConsulAgent.MISSING);
		this.legacy = new LegacyService();
		this.consul = ConsulAgent.start(DIRECTORY, "");
		this.agent = RestClient.create(this.consul.uri().toString());
		this.agent.put()
			.uri("/v1/agent/service/register")
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("Name", "legacy", "Address", "127.0.0.1", "Port", this.legacy.port()))
			.retrieve()
			.toBodilessEntity();
	}

	@AfterEach
	void stop() throws Exception {
		this.applications.close();
		if (this.consul != null) {
			this.consul.close();
		}
		if (this.legacy != null) {
			this.legacy.close();
		}
	}

	@Test
	void isRegisteredWithBothAndCallsServicesOfBoth() {
		ConfigurableApplicationContext shop = shop("management.endpoints.web.exposure.include=health,serviceregistry");
		awaitRegistered(shop);
		int port = ((WebServerApplicationContext) shop).getWebServer().getPort();
		await().atMost(LIMIT).until(() -> services().contains("\"Port\": " + port));
		assertThat(shop.getBean(Registration.class)).isInstanceOf(ConsulRegistration.class);
		assertThat(shop.getBean(ServiceRegistryEndpoint.class).getStatus().getStatus()).isEqualTo(200);
		DiscoveryClient clients = shop.getBean(DiscoveryClient.class);
		assertThat(clients.getInstances("legacy")).extracting(ServiceInstance::getPort)
			.containsExactly(this.legacy.port());
		assertThat(clients.getServices()).contains("legacy", "shop", "consul");
		assertThat(answer(shop, "legacy")).isEqualTo(LegacyService.ANSWER);
		assertThat(answer(shop, "shop")).contains(Integer.toString(port));
		await().atMost(LIMIT)
			.untilAsserted(
					() -> assertThat(shop.getBean(HealthEndpoint.class).health().getStatus()).isEqualTo(Status.UP));
		shop.close();
		assertThat(services()).doesNotContain("\"Port\": " + port);
	}

	@Test
	void eachOrderSelectsRegistry() {
		ConfigurableApplicationContext ours = this.applications.web("legacy");
		awaitRegistered(ours);
		ConfigurableApplicationContext caller = this.applications.caller(consul());
		assertThat(caller.getBean(DiscoveryClient.class).getInstances("legacy")).hasSize(1)
			.doesNotHaveAnyElementsOfTypes(ConsulServiceInstance.class);
		assertThat(answer(caller, "legacy")).isNotEqualTo(LegacyService.ANSWER);
		ConfigurableApplicationContext preferring = this.applications
			.caller(consul("spring.cloud.consul.discovery.order=-1"));
		assertThat(preferring.getBean(DiscoveryClient.class).getInstances("legacy"))
			.hasOnlyElementsOfType(ConsulServiceInstance.class);
		assertThat(answer(preferring, "legacy")).isEqualTo(LegacyService.ANSWER);
	}

	@Test
	void eachRegistrationCanBeDisabled() {
		ConfigurableApplicationContext here = shop("spring.cloud.consul.discovery.register=false");
		awaitRegistered(here);
		assertThat(services()).doesNotContain("\"shop\"");
		assertThat(answer(here, "legacy")).isEqualTo(LegacyService.ANSWER);
		here.close();
		ConfigurableApplicationContext there = shop("discovery.registration.enabled=false");
		await().atMost(LIMIT).until(() -> services().contains("\"shop\""));
		assertThat(there.getBeanProvider(RegistrationReconciler.class).getIfAvailable()).isNull();
		assertThat(answer(there, "legacy")).isEqualTo(LegacyService.ANSWER);
	}

	@Test
	void startersFindEachOthersServicesInTheSameConsul() {
		ConfigurableApplicationContext ours = this.applications.web("ours", "discovery.namespace=",
				"discovery.consul.host=127.0.0.1", "discovery.consul.port=" + this.consul.port(),
				"discovery.registration.host=127.0.0.1");
		awaitRegistered(ours);
		ConfigurableApplicationContext theirs = this.applications.web("theirs", consul("discovery.enabled=false"));
		assertThat(theirs.getBeanProvider(RegistrationReconciler.class).getIfAvailable()).isNull();
		await().atMost(LIMIT).untilAsserted(() -> {
			assertThat(ports(ours, "theirs")).containsExactly(port(theirs));
			assertThat(ports(theirs, "ours")).containsExactly(port(ours));
			assertThat(ports(ours, "legacy")).containsExactly(this.legacy.port());
		});
		assertThat(answer(ours, "legacy")).isEqualTo(LegacyService.ANSWER);
		assertThat(answer(theirs, "ours")).isNotEmpty();
		assertThat(ours.getBean(DiscoveryClient.class).getServices()).contains("ours", "theirs", "legacy");
	}

	private static int port(ConfigurableApplicationContext context) {
		return ((WebServerApplicationContext) context).getWebServer().getPort();
	}

	private static List<Integer> ports(ConfigurableApplicationContext caller, String service) {
		return caller.getBean(DiscoveryClient.class)
			.getInstances(service)
			.stream()
			.map(ServiceInstance::getPort)
			.toList();
	}

	private ConfigurableApplicationContext shop(String... properties) {
		return this.applications.web("shop", consul(properties));
	}

	private String[] consul(String... properties) {
		return StringUtils.concatenateStringArrays(
				new String[] { "spring.cloud.consul.enabled=true", "spring.cloud.consul.port=" + this.consul.port(),
						"spring.cloud.consul.discovery.prefer-ip-address=true",
						"spring.cloud.consul.discovery.ip-address=127.0.0.1",
						"spring.cloud.consul.discovery.health-check-interval=1s" },
				properties);
	}

	private String services() {
		return String.valueOf(this.agent.get().uri("/v1/agent/services").retrieve().body(String.class));
	}

	private static String answer(ConfigurableApplicationContext caller, String service) {
		return Applications.client(caller).get().uri("http://{service}/", service).retrieve().body(String.class);
	}

	private static void awaitRegistered(ConfigurableApplicationContext context) {
		await().atMost(LIMIT)
			.until(() -> context.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
	}

}
