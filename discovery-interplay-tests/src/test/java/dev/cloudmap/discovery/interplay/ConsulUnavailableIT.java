package dev.cloudmap.discovery.interplay;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.consul.serviceregistry.ConsulRegistration;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application with Consul's starter beside this one, and without a Consul agent.
 */
@Tag("slow")
class ConsulUnavailableIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void isRegisteredHereWhileConsulIsUnavailable() {
		ConfigurableApplicationContext shop = this.applications.web("shop", "spring.cloud.consul.enabled=true",
				"spring.cloud.consul.port=" + Ports.free(), "spring.cloud.consul.discovery.fail-fast=false",
				"spring.cloud.consul.discovery.catalog-services-watch.enabled=false");
		await().atMost(LIMIT)
			.until(() -> shop.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
		assertThat(shop.getBean(Registration.class)).isInstanceOf(ConsulRegistration.class);
		assertThat(shop.getBean(DiscoveryClient.class).getInstances("shop")).extracting(ServiceInstance::getServiceId)
			.containsExactly("shop");
		String id = Applications.client(shop).get().uri("http://shop/").retrieve().body(String.class);
		assertThat(id).isEqualTo(shop.getBean(RegistrationReconciler.class).state().instance().instanceId());
	}

}
