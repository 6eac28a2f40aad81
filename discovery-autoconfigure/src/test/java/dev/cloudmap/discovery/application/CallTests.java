package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesException;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Applications that call each other by name. Calls and DNS queries use real sockets.
 */
@ExtendWith(OutputCaptureExtension.class)
class CallTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void eachClientCallsAllInstancesByEveryName(CapturedOutput output) {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext first = this.applications.worker();
		ConfigurableApplicationContext second = this.applications.worker();
		Set<String> workers = Set.of(id(first), id(second));
		awaitInstances(backend, 2);
		RestClient restClient = backend.getBean(RestClient.Builder.class).build();
		RestTemplate restTemplate = backend.getBean(RestTemplate.class);
		WebClient webClient = backend.getBean(WebClient.Builder.class).build();
		for (String uri : List.of("http://worker/", "http://worker.corp/", "http://worker.corp:5000/")) {
			assertThat(twice(() -> restClient.get().uri(uri).retrieve().body(String.class))).isEqualTo(workers);
			assertThat(twice(() -> restTemplate.getForObject(uri, String.class))).isEqualTo(workers);
			assertThat(twice(() -> webClient.get().uri(uri).retrieve().bodyToMono(String.class).block(LIMIT)))
				.isEqualTo(workers);
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("Exception");
	}

	@ParameterizedTest
	@ValueSource(strings = { "dns", "api" })
	void dnsAndApiFindSameInstance(String mode) {
		ConfigurableApplicationContext backend = this.applications.backend("discovery.lookup.mode=" + mode);
		Registration worker = this.applications.worker("discovery.registration.metadata.color=blue")
			.getBean(Registration.class);
		awaitInstances(backend, 1);
		ServiceInstance found = backend.getBean(DiscoveryClient.class).getInstances("worker").get(0);
		assertThat(found.getUri()).isEqualTo(worker.getUri());
		assertThat(found.getInstanceId()).isEqualTo(worker.getInstanceId());
		assertThat(found.getServiceId()).isEqualTo("worker");
		CatalogEntry entry = backend.getBean(InstanceCatalog.class).service("worker").entry();
		assertThat(entry).isNotNull();
		assertThat(entry.set().source()).isEqualTo(mode);
		assertThat(found.getMetadata().get("color")).isEqualTo(mode.equals("api") ? "blue" : null);
		assertThat(backend.getBean(ReactiveDiscoveryClient.class).getInstances("worker").collectList().block(LIMIT))
			.containsExactly(found);
		assertThat(backend.getBean(DiscoveryClient.class).getServices()).contains("backend");
	}

	@Test
	void unknownServiceHasNoInstancesAndErrorSuggestsKnownServices(CapturedOutput output) {
		ConfigurableApplicationContext backend = this.applications.backend();
		this.applications.worker();
		awaitInstances(backend, 1);
		assertThat(backend.getBean(DiscoveryClient.class).getInstances("wroker")).isEmpty();
		// the list of services is fetched in the background after the lookup
		await().atMost(LIMIT).until(() -> output.toString().contains("Did you mean http://worker/?"));
		RestClient restClient = backend.getBean(RestClient.Builder.class).build();
		RestTemplate restTemplate = backend.getBean(RestTemplate.class);
		WebClient webClient = backend.getBean(WebClient.Builder.class).build();
		assertSuggests(NoInstancesException.class,
				() -> restClient.get().uri("http://wroker/").retrieve().body(String.class));
		assertSuggests(NoInstancesException.class, () -> restTemplate.getForObject("http://wroker/", String.class));
		assertSuggests(WebClientResponseException.ServiceUnavailable.class,
				() -> webClient.get().uri("http://wroker/").retrieve().bodyToMono(String.class).block(LIMIT));
		assertThat(output.toString().split("Service wroker of namespace corp does not exist", -1)).hasSize(2);
	}

	private static void assertSuggests(Class<? extends Throwable> type, ThrowingCallable call) {
		assertThatExceptionOfType(type).isThrownBy(call)
			.withMessageContaining("Service wroker of namespace corp does not exist")
			.withMessageContaining("Did you mean http://worker/? corp has the services backend, worker");
	}

	@Test
	void failureOfFirstLookupStatesCause() {
		ConfigurableApplicationContext backend = this.applications.backend("discovery.lookup.mode=dns",
				"discovery.lookup.dns.servers=127.0.0.1:" + Ports.free());
		RestClient client = backend.getBean(RestClient.Builder.class).build();
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> client.get().uri("http://worker/").retrieve().body(String.class))
			.withMessageContaining("No DNS server answered worker.corp. SRV");
	}

	@Test
	void callsSucceedAfterInstanceCrash() {
		ConfigurableApplicationContext backend = this.applications.backend();
		ConfigurableApplicationContext dying = this.applications.worker("discovery.registration.lease=60s");
		String survivor = id(this.applications.worker());
		awaitInstances(backend, 2);
		// the web server stops without deregistering the instance
		((WebServerApplicationContext) dying).getWebServer().stop();
		RestClient client = backend.getBean(RestClient.Builder.class).build();
		List<String> answers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			answers.add(client.get().uri("http://worker/").retrieve().body(String.class));
		}
		assertThat(answers).hasSize(10).containsOnly(survivor);
		WebClient webClient = backend.getBean(WebClient.Builder.class).build();
		for (int i = 0; i < 10; i++) {
			assertThat(webClient.get().uri("http://worker/").retrieve().bodyToMono(String.class).block(LIMIT))
				.isEqualTo(survivor);
		}
		assertThat(backend.getBean(DiscoveryClient.class).getInstances("worker")).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dns", "api" })
	void changeNotificationRefreshesInstancesBeforeInterval(String mode) {
		ConfigurableApplicationContext backend = this.applications.backend("discovery.lookup.mode=" + mode,
				"discovery.lookup.refresh=10m", "discovery.lookup.full-refresh=10m");
		DiscoveryClient discovery = backend.getBean(DiscoveryClient.class);
		this.applications.worker();
		awaitInstances(backend, 1);
		ConfigurableApplicationContext leaving = this.applications.worker();
		awaitInstances(backend, 2);
		leaving.close();
		await().atMost(LIMIT).until(() -> discovery.getInstances("worker").size() == 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "RestClient", "RestTemplate", "WebClient" })
	void connectFailureTriggersLookup(String kind) {
		ConfigurableApplicationContext leaving = this.applications.worker();
		ConfigurableApplicationContext staying = this.applications.worker();
		await().atMost(LIMIT).until(() -> staying.getBean(DiscoveryClient.class).getInstances("worker").size() == 2);
		ConfigurableApplicationContext backend = this.applications.backend("discovery.lookup.mode=api",
				"discovery.lookup.signal=none", "discovery.lookup.refresh=10m");
		DiscoveryClient discovery = backend.getBean(DiscoveryClient.class);
		assertThat(discovery.getInstances("worker")).hasSize(2);
		leaving.close();
		assertThat(discovery.getInstances("worker")).hasSize(2);
		Supplier<String> call = switch (kind) {
			case "RestClient" -> () -> backend.getBean(RestClient.Builder.class)
				.build()
				.get()
				.uri("http://worker/")
				.retrieve()
				.body(String.class);
			case "RestTemplate" ->
				() -> backend.getBean(RestTemplate.class).getForObject("http://worker/", String.class);
			default -> () -> backend.getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri("http://worker/")
				.retrieve()
				.bodyToMono(String.class)
				.block(LIMIT);
		};
		await().atMost(LIMIT).until(() -> {
			assertThat(call.get()).isEqualTo(id(staying));
			return discovery.getInstances("worker").size() == 1;
		});
	}

	static void awaitInstances(ApplicationContext context, int count) {
		await().atMost(LIMIT)
			.until(() -> context.getBean(DiscoveryClient.class).getInstances("worker").size() == count);
	}

	static String id(ApplicationContext context) {
		return context.getBean(Registration.class).getInstanceId();
	}

	private static Set<String> twice(Supplier<String> call) {
		Set<String> answers = new HashSet<>();
		answers.add(call.get());
		answers.add(call.get());
		return answers;
	}

}
