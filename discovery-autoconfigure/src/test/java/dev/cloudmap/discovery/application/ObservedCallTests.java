package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Meters and traces of calls by name.
 */
class ObservedCallTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Applications applications = new Applications();

	private static String worker;

	private static ApplicationContext caller;

	@BeforeAll
	static void start() {
		worker = CallTests.id(applications.worker());
		caller = applications.start(Caller.class, WebApplicationType.NONE, "caller", "discovery.aliases.old=worker");
		CallTests.awaitInstances(caller, 1);
	}

	@AfterAll
	static void stop() {
		applications.close();
	}

	@ParameterizedTest
	@EnumSource
	void metersAndTracesContainInstance(Client client) {
		TestObservationRegistry observations = caller.getBean(TestObservationRegistry.class);
		observations.clear();
		long before = requests();
		client.call.accept(caller);
		TestObservationRegistryAssert.assertThat(observations)
			.hasObservationWithNameEqualTo("http.client.requests")
			.that()
			.hasHighCardinalityKeyValue("discovery.service", "worker")
			.hasHighCardinalityKeyValue("discovery.namespace", "corp")
			.hasHighCardinalityKeyValue("discovery.instance", worker)
			.doesNotHaveLowCardinalityKeyValueWithKey("discovery.instance");
		assertThat(requests()).isEqualTo(before + 1);
		assertThat(caller.getBean(MeterRegistry.class).get("discovery.client.requests.active").gauge().value())
			.isZero();
	}

	@Test
	void metersShowLookupsListsAndRegistration() {
		MeterRegistry meters = caller.getBean(MeterRegistry.class);
		assertThat(meters.get("discovery.lookups").tag("outcome", "success").timers())
			.anySatisfy((timer) -> assertThat(timer.count()).isPositive());
		// listeners of the catalog, such as these meters, are called after the list is
		// replaced
		await().untilAsserted(() -> assertThat(
				meters.find("discovery.catalog.instances").tags("service", "worker", "namespace", "corp").gauges())
			.singleElement()
			.satisfies((gauge) -> assertThat(gauge.value()).isOne()));
		assertThat(meters.get("discovery.catalog.stale").gauge().value()).isZero();
		assertThat(meters.get("discovery.registration.state").gauges())
			.satisfiesOnlyOnce((gauge) -> assertThat(gauge.value()).isOne());
		assertThat(meters.get("discovery.watch.reconnects").functionCounter().count()).isZero();
	}

	private static long requests() {
		return caller.getBean(MeterRegistry.class)
			.find("discovery.client.requests")
			.tags("service", "worker", "namespace", "corp", "instance", worker, "outcome", "2xx")
			.timers()
			.stream()
			.mapToLong(Timer::count)
			.sum();
	}

	@SuppressWarnings("ImmutableEnumChecker")
	enum Client {

		REST_CLIENT((caller) -> caller.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri("http://old/")
			.retrieve()
			.body(String.class)),

		REST_TEMPLATE((caller) -> caller.getBean(RestTemplate.class).getForObject("http://old/", String.class)),

		WEB_CLIENT((caller) -> caller.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri("http://old/")
			.retrieve()
			.bodyToMono(String.class)
			.block(LIMIT));

		private final Consumer<ApplicationContext> call;

		Client(Consumer<ApplicationContext> call) {
			this.call = call;
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Caller {

		@Bean
		TestObservationRegistry observations() {
			return TestObservationRegistry.create();
		}

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

		@Bean
		@LoadBalanced
		RestClient.Builder restClientBuilder(TestObservationRegistry observations) {
			return RestClient.builder().observationRegistry(observations);
		}

		@Bean
		@LoadBalanced
		RestTemplate restTemplate(TestObservationRegistry observations) {
			RestTemplate restTemplate = new RestTemplate();
			restTemplate.setObservationRegistry(observations);
			return restTemplate;
		}

		@Bean
		@LoadBalanced
		WebClient.Builder webClientBuilder(TestObservationRegistry observations) {
			return WebClient.builder().clientConnector(new JdkClientHttpConnector()).observationRegistry(observations);
		}

	}

}
