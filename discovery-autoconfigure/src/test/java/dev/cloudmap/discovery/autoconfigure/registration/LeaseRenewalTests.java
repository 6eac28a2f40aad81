package dev.cloudmap.discovery.autoconfigure.registration;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The interval at which an application renews its lease.
 */
class LeaseRenewalTests {

	@Test
	void renewsLongLeaseWellBeforeOneThird() {
		CountDownLatch renewed = new CountDownLatch(1);
		Registry registry = new FakeRegistry() {

			@Override
			public void reportHealth(ServiceName service, String instanceId, HealthStatus status) {
				renewed.countDown();
			}

		};
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UtilAutoConfiguration.class, RegistryAutoConfiguration.class,
					DiscoveryClientAutoConfiguration.class, RegistrationAutoConfiguration.class))
			.withBean(Registry.class, () -> registry)
			.withPropertyValues("discovery.namespace=corp", "spring.application.name=worker",
					"discovery.registration.lease=1h")
			.run((context) -> {
				ServiceName worker = new ServiceName(new Namespace("corp"), "worker");
				context.getBean(RegistrationReconciler.class)
					.register(() -> new InstanceRegistration(worker, "a", "127.0.0.1", 1, Map.of(),
							new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10))));
				assertThat(renewed.await(1, TimeUnit.MINUTES)).isTrue();
			});
	}

}
