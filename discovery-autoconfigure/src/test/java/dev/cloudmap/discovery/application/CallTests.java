package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesException;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Applications that call each other by name. Calls and DNS queries use real sockets.
 */
@ExtendWith(OutputCaptureExtension.class)
class CallTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	/** All tests but one share applications; each test has a service of its own. */
	private static final Applications applications = new Applications();

	private static ConfigurableApplicationContext backend;

	/** Backends that look up services by DNS and by the API, only after changes. */
	private static final Map<String, ConfigurableApplicationContext> byMode = new HashMap<>();

	@BeforeAll
	static void start() {
		backend = applications.backend();
		for (String mode : List.of("dns", "api")) {
			byMode.put(mode, applications.backend("discovery.lookup.mode=" + mode, "discovery.lookup.refresh=10m",
					"discovery.lookup.full-refresh=10m"));
		}
	}

	@AfterAll
	static void stop() {
		applications.close();
	}

	@Test
	void eachClientCallsAllInstancesByEveryName(CapturedOutput output) {
		Set<String> workers = twice(() -> id(applications.worker()));
		awaitInstances(backend, 2);
		RestClient restClient = backend.getBean(RestClient.Builder.class).build();
		RestTemplate restTemplate = backend.getBean(RestTemplate.class);
		WebClient webClient = backend.getBean(WebClient.Builder.class).build();
		int before = output.getAll().length();
		for (String uri : List.of("http://worker/", "http://worker.corp/", "http://worker.corp:5000/")) {
			assertThat(twice(() -> restClient.get().uri(uri).retrieve().body(String.class))).isEqualTo(workers);
			assertThat(twice(() -> restTemplate.getForObject(uri, String.class))).isEqualTo(workers);
			assertThat(twice(() -> webClient.get().uri(uri).retrieve().bodyToMono(String.class).block(LIMIT)))
				.isEqualTo(workers);
		}
		// before the calls, applications that start or stop may log failures
		assertThat(output.getAll().substring(before).lines())
			.filteredOn((line) -> line.contains("ERROR") || line.contains("Exception"))
			.isEmpty();
	}

	@Test
	void dnsAndApiFindSameInstance() {
		Registration worker = worker("found", "discovery.registration.metadata.color=blue").getBean(Registration.class);
		byMode.forEach((mode, caller) -> {
			awaitInstances(caller, "found", 1);
			ServiceInstance found = caller.getBean(DiscoveryClient.class).getInstances("found").get(0);
			assertThat(found.getUri()).isEqualTo(worker.getUri());
			assertThat(found.getInstanceId()).isEqualTo(worker.getInstanceId());
			assertThat(found.getServiceId()).isEqualTo("found");
			CatalogEntry entry = caller.getBean(InstanceCatalog.class).service("found").entry();
			assertThat(entry).isNotNull();
			assertThat(entry.set().source()).isEqualTo(mode);
			assertThat(found.getMetadata().get("color")).isEqualTo(mode.equals("api") ? "blue" : null);
			assertThat(caller.getBean(ReactiveDiscoveryClient.class).getInstances("found").collectList().block(LIMIT))
				.containsExactly(found);
			assertThat(caller.getBean(DiscoveryClient.class).getServices()).contains("backend");
		});
	}

	@Test
	void unknownServiceHasNoInstancesAndErrorSuggestsKnownServices(CapturedOutput output) {
		try (Applications alone = new Applications()) {
			ConfigurableApplicationContext backend = alone.backend();
			alone.worker();
			awaitInstances(backend, 1);
			DiscoveryClient client = backend.getBean(DiscoveryClient.class);
			// the list of services is fetched in the background
			await().atMost(LIMIT).until(() -> client.getServices().contains("worker"));
			assertThat(client.getInstances("wroker")).isEmpty();
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
	}

	private static void assertSuggests(Class<? extends Throwable> type, ThrowingCallable call) {
		assertThatExceptionOfType(type).isThrownBy(call)
			.withMessageContaining("Service wroker of namespace corp does not exist")
			.withMessageContaining("Did you mean http://worker/? corp has the services backend, worker");
	}

	@Test
	void failureOfFirstLookupStatesCause() {
		ConfigurableApplicationContext caller = applications.start(Applications.Backend.class, WebApplicationType.NONE,
				"backend", "discovery.registration.enabled=false", "discovery.lookup.mode=dns",
				"discovery.lookup.dns.servers=127.0.0.1:" + Ports.free());
		RestClient client = caller.getBean(RestClient.Builder.class).build();
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> client.get().uri("http://worker/").retrieve().body(String.class))
			.withMessageContaining("No DNS server answered worker.corp. SRV");
	}

	@Test
	void callsSucceedAfterInstanceCrash() {
		ConfigurableApplicationContext dying = worker("dying", "discovery.registration.lease=60s");
		String survivor = id(worker("dying"));
		awaitInstances(backend, "dying", 2);
		// the web server stops without deregistering the instance
		((WebServerApplicationContext) dying).getWebServer().stop();
		RestClient client = backend.getBean(RestClient.Builder.class).build();
		List<String> answers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			answers.add(client.get().uri("http://dying/").retrieve().body(String.class));
		}
		assertThat(answers).hasSize(10).containsOnly(survivor);
		WebClient webClient = backend.getBean(WebClient.Builder.class).build();
		for (int i = 0; i < 10; i++) {
			assertThat(webClient.get().uri("http://dying/").retrieve().bodyToMono(String.class).block(LIMIT))
				.isEqualTo(survivor);
		}
		assertThat(backend.getBean(DiscoveryClient.class).getInstances("dying")).hasSize(2);
	}

	@Test
	void changeNotificationRefreshesInstancesBeforeInterval() {
		register("changing", 1, 7001);
		byMode.values().forEach((caller) -> awaitInstances(caller, "changing", 1));
		register("changing", 2, 7002);
		byMode.values().forEach((caller) -> awaitInstances(caller, "changing", 2));
		deregister("changing", 2);
		byMode.values().forEach((caller) -> awaitInstances(caller, "changing", 1));
	}

	@Test
	void connectFailureTriggersLookup() {
		ConfigurableApplicationContext caller = applications.start(Applications.Backend.class, WebApplicationType.NONE,
				"backend", "discovery.registration.enabled=false", "discovery.lookup.mode=api",
				"discovery.lookup.signal=none", "discovery.lookup.refresh=10m");
		DiscoveryClient discovery = caller.getBean(DiscoveryClient.class);
		try (RecordingServer server = RecordingServer.plain("staying")) {
			for (Client client : Client.values()) {
				String service = "left-" + client.label();
				register(service, 1, server.port());
				register(service, 2, Ports.refusing());
				assertThat(discovery.getInstances(service)).hasSize(2);
				deregister(service, 2);
				assertThat(discovery.getInstances(service)).hasSize(2);
				await().atMost(LIMIT).until(() -> {
					assertThat(client.send(caller, service, HttpMethod.GET, null)).isEqualTo(200);
					return discovery.getInstances(service).size() == 1;
				});
			}
		}
	}

	private static ConfigurableApplicationContext worker(String service, String... properties) {
		return applications.start(Applications.Worker.class, WebApplicationType.SERVLET, service, properties);
	}

	private static void register(String service, int number, int port) {
		backend.getBean(Registry.class)
			.register(new InstanceRegistration(name(service), "i-" + number, "127.0.0.1", port, Map.of(),
					new ServiceDefinition(EnumSet.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	private static void deregister(String service, int number) {
		backend.getBean(Registry.class).deregister(name(service), "i-" + number);
	}

	private static ServiceName name(String service) {
		return new ServiceName(new Namespace("corp"), service);
	}

	static void awaitInstances(ApplicationContext context, int count) {
		awaitInstances(context, "worker", count);
	}

	private static void awaitInstances(ApplicationContext context, String service, int count) {
		await().atMost(LIMIT).until(() -> context.getBean(DiscoveryClient.class).getInstances(service).size() == count);
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
