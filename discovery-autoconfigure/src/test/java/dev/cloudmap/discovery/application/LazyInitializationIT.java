package dev.cloudmap.discovery.application;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static dev.cloudmap.discovery.application.CallTests.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications whose beans are created at their first use.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class LazyInitializationIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String LAZY = "spring.main.lazy-initialization=true";

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void lazyApplicationIsRegisteredAndFollowsItsReadiness() {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext worker = this.applications.worker(LAZY);
		awaitInstances(backend, 1);
		AvailabilityChangeEvent.publish(worker, ReadinessState.REFUSING_TRAFFIC);
		await().atMost(LIMIT)
			.until(() -> worker.getBean(RegistrationReconciler.class).state().phase() == Phase.OUT_OF_SERVICE);
		AvailabilityChangeEvent.publish(worker, ReadinessState.ACCEPTING_TRAFFIC);
		await().atMost(LIMIT)
			.until(() -> worker.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
		worker.close();
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(backend.getBean(DiscoveryClient.class).getInstances("worker")).isEmpty());
	}

	@Test
	void clientsOfLazyApplicationCallServices() {
		ConfigurableApplicationContext worker = this.applications.worker();
		ConfigurableApplicationContext backend = this.applications.backend(LAZY);
		awaitInstances(backend, 1);
		assertThat(Applications.callWorker(backend)).isEqualTo(id(worker));
		assertThat(backend.getBean(RestTemplate.class).getForObject("http://worker/", String.class))
			.isEqualTo(id(worker));
		assertThat(backend.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri("http://worker/")
			.retrieve()
			.bodyToMono(String.class)
			.block()).isEqualTo(id(worker));
	}

	@Test
	void mistypedPropertyOfLazyApplicationIsReported(CapturedOutput output) {
		this.applications.backend(LAZY, "discovery.lookup.refesh=1s");
		await().atMost(LIMIT).untilAsserted(() -> assertThat(output).contains("discovery.lookup.refesh"));
	}

}
