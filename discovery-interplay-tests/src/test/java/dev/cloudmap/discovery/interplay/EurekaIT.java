package dev.cloudmap.discovery.interplay;

import java.io.IOException;
import java.time.Duration;

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
import org.springframework.cloud.netflix.eureka.EurekaServiceInstance;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application with the starter of Eureka's client beside this one.
 */
@Tag("slow")
class EurekaIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	private LegacyService legacy;

	private EurekaStub eureka;

	@BeforeEach
	void startEureka() throws IOException {
		this.legacy = new LegacyService();
		this.eureka = new EurekaStub(this.legacy.port());
	}

	@AfterEach
	void stop() {
		this.applications.close();
		this.eureka.close();
		this.legacy.close();
	}

	@Test
	void isRegisteredWithBothAndCallsServicesOfBoth() {
		ConfigurableApplicationContext shop = shop("management.endpoints.web.exposure.include=health,serviceregistry");
		awaitRegistered(shop);
		int port = ((WebServerApplicationContext) shop).getWebServer().getPort();
		await().atMost(LIMIT).until(() -> this.eureka.registered().containsKey("SHOP"));
		assertThat(this.eureka.registered().get("SHOP")).contains(Integer.toString(port));
		assertThat(shop.getBean(Registration.class)).isInstanceOf(EurekaRegistration.class);
		assertThat(shop.getBean(ServiceRegistryEndpoint.class).getStatus().getStatus()).isEqualTo(200);
		DiscoveryClient clients = shop.getBean(DiscoveryClient.class);
		assertThat(clients.getInstances("legacy")).extracting(ServiceInstance::getPort)
			.containsExactly(this.legacy.port());
		assertThat(clients.getInstances("shop")).extracting(ServiceInstance::getPort).containsExactly(port);
		assertThat(clients.getServices()).contains("legacy", "shop");
		assertThat(answer(shop, "legacy")).isEqualTo(LegacyService.ANSWER);
		assertThat(answer(shop, "shop")).contains(Integer.toString(port));
		assertThat(shop.getBean(HealthEndpoint.class).health().getStatus()).isEqualTo(Status.UP);
		shop.close();
		assertThat(this.eureka.registered()).isEmpty();
	}

	@Test
	void negativeOrderPrefersEureka() {
		// a service that both registries contain
		ConfigurableApplicationContext ours = this.applications.web("legacy");
		awaitRegistered(ours);
		ConfigurableApplicationContext caller = this.applications.caller(eureka());
		await().atMost(LIMIT).until(() -> caller.getBean(DiscoveryClient.class).getInstances("legacy").size() == 1);
		assertThat(answer(caller, "legacy")).isNotEqualTo(LegacyService.ANSWER);
		ConfigurableApplicationContext preferring = this.applications.caller(eureka("eureka.client.order=-1"));
		assertThat(preferring.getBean(DiscoveryClient.class).getInstances("legacy"))
			.hasOnlyElementsOfType(EurekaServiceInstance.class);
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(answer(preferring, "legacy")).isEqualTo(LegacyService.ANSWER));
	}

	@Test
	void eachRegistrationCanBeDisabled() {
		ConfigurableApplicationContext here = shop("eureka.client.register-with-eureka=false");
		awaitRegistered(here);
		assertThat(here.getBean(DiscoveryClient.class).getInstances("legacy")).hasSize(1);
		here.close();
		assertThat(this.eureka.registered()).isEmpty();
		ConfigurableApplicationContext there = shop("discovery.registration.enabled=false");
		await().atMost(LIMIT).until(() -> this.eureka.registered().containsKey("SHOP"));
		assertThat(there.getBeanProvider(RegistrationReconciler.class).getIfAvailable()).isNull();
		assertThat(answer(there, "legacy")).isEqualTo(LegacyService.ANSWER);
	}

	private ConfigurableApplicationContext shop(String... properties) {
		return this.applications.web("shop", eureka(properties));
	}

	private String[] eureka(String... properties) {
		return StringUtils.concatenateStringArrays(new String[] { "eureka.client.enabled=true",
				"eureka.client.service-url.defaultZone=" + this.eureka.url(), "eureka.client.disable-delta=true",
				"eureka.client.registry-fetch-interval-seconds=1", "eureka.instance.prefer-ip-address=true" },
				properties);
	}

	private static String answer(ConfigurableApplicationContext caller, String service) {
		return Applications.client(caller).get().uri("http://{service}/", service).retrieve().body(String.class);
	}

	private static void awaitRegistered(ConfigurableApplicationContext context) {
		await().atMost(LIMIT)
			.until(() -> context.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
	}

}
