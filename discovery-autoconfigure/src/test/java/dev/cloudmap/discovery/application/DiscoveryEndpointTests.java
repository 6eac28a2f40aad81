package dev.cloudmap.discovery.application;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.json.JsonContent;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@code /actuator/discovery} over HTTP.
 */
class DiscoveryEndpointTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final Applications applications = new Applications();

	private static final RecordingServer server = RecordingServer.plain("worker", 0);

	private static ConfigurableApplicationContext backend;

	@BeforeAll
	static void start() {
		backend = applications.backend("management.endpoints.web.exposure.include=discovery,info",
				"management.endpoint.discovery.show-values=always", "discovery.load-balancer.outlier.base-ejection=10m",
				"discovery.load-balancer.outlier.max-ejection=10m");
		register("worker", "good", server.port(), Map.of("AVAILABILITY_ZONE", "eu-west-1a", "team", "blue"));
		register("worker", "bad", Ports.refusing(), Map.of());
		await().atMost(LIMIT)
			.until(() -> backend.getBean(DiscoveryClient.class).getInstances("worker").size() == 2
					&& backend.getBean(RegistrationReconciler.class).state().phase() == Phase.REGISTERED);
	}

	@AfterAll
	static void stop() {
		applications.close();
		server.close();
	}

	@Test
	void showsRegistryRegistrationServicesAndCalls() {
		JsonContent all = get("", 200);
		assertThat(all).extractingPath("$.registry.type").isEqualTo("embedded");
		assertThat(all).extractingPath("$.registry.role").isEqualTo("host");
		assertThat(all).extractingPath("$.registry.namespace").isEqualTo("corp");
		assertThat(all).extractingPath("$.registry.reason").asString().contains("not on Amazon ECS");
		assertThat(all).extractingPath("$.registration.service").isEqualTo("backend.corp");
		assertThat(all).extractingPath("$.registration.address.addresses").asArray().containsExactly("127.0.0.1");
		assertThat(all).extractingPath("$.registration.address.port").isEqualTo(port());
		assertThat(all).extractingPath("$.registration.address.foundBy").asString().startsWith("loopback (");
		assertThat(all).extractingPath("$.registration.address.others")
			.asArray()
			.containsExactly("discovery.registration.host (not set)", "server.address (not set)");
		assertThat(all).extractingPath("$.registration.attributes['discovery.lease']").isEqualTo("2");
		assertThat(all).extractingPath("$.registration.transitions[0].state").isEqualTo("WAITING");
		assertThat(all).extractingPath("$.registration.transitions[0].time").asString().endsWith("Z");
		assertThat(all).extractingPath("$.calls.operations.RegisterInstance.calls")
			.asNumber()
			.satisfies((calls) -> assertThat(calls.intValue()).isPositive());
		assertThat(all).extractingPath("$.calls.estimate.usdPerMonth").isEqualTo(0);
		assertThat(all).extractingPath("$.services['worker.corp'].instances[0].id").isEqualTo("bad");
	}

	@ParameterizedTest
	@CsvSource({ "worker", "worker.corp" })
	void showsOneService(String id) {
		await().atMost(LIMIT).untilAsserted(() -> {
			JsonContent worker = get("/" + id, 200);
			assertThat(worker).extractingPath("$.service").isEqualTo("worker.corp");
			assertThat(worker).extractingPath("$.stale").isEqualTo(false);
			assertThat(worker).extractingPath("$.source").asString().isNotEmpty();
			assertThat(worker).extractingPath("$.age").asString().startsWith("PT");
			assertThat(worker).extractingPath("$.instances[1].uri").isEqualTo("http://127.0.0.1:" + server.port());
			assertThat(worker).extractingPath("$.instances[1].zone").isEqualTo("eu-west-1a");
			assertThat(worker).extractingPath("$.instances[1].attributes.team").isEqualTo("blue");
			assertThat(worker).extractingPath("$.revision").asNumber().isNotNull();
			assertThat(worker).doesNotHavePath("$.lastError");
		});
	}

	@Test
	void endsAnEjection() {
		RestClient client = backend.getBean(RestClient.Builder.class).build();
		await().atMost(LIMIT).untilAsserted(() -> {
			client.get().uri("http://worker/").retrieve().toBodilessEntity();
			assertThat(get("/worker", 200)).extractingPath("$.instances[0].ejection.reason").asString().isNotEmpty();
		});
		JsonContent outcome = post("/worker", "{\"action\": \"end-ejection\", \"instance\": \"bad\"}", 200);
		assertThat(outcome).extractingPath("$.result").isEqualTo("Instance bad of worker.corp is called again");
		assertThat(get("/worker", 200)).doesNotHavePath("$.instances[0].ejection");
		assertThat(post("/worker", "{\"action\": \"end-ejection\", \"instance\": \"bad\"}", 404))
			.extractingPath("$.error")
			.asString()
			.contains("'bad' of worker.corp is not ejected");
	}

	@Test
	void refreshesAService() {
		String before = confirmed();
		assertThat(post("/worker", "{\"action\": \"refresh\"}", 200)).extractingPath("$.result")
			.isEqualTo("Service worker.corp is being looked up");
		await().atMost(LIMIT).until(() -> !confirmed().equals(before));
	}

	private static String confirmed() {
		String[] confirmed = new String[1];
		assertThat(get("/worker", 200)).extractingPath("$.confirmed")
			.asString()
			.satisfies((value) -> confirmed[0] = value);
		return confirmed[0];
	}

	@Test
	void deregistersRegistersAndDrains() {
		post("", "{\"action\": \"deregister\"}", 200);
		assertThat(get("", 200)).extractingPath("$.registration.state").isEqualTo("DEREGISTERED");
		post("", "{\"action\": \"register\"}", 200);
		assertThat(get("", 200)).extractingPath("$.registration.state").isEqualTo("REGISTERED");
		post("", "{\"action\": \"drain\"}", 200);
		await().atMost(LIMIT).untilAsserted(() -> {
			JsonContent all = get("", 200);
			assertThat(all).extractingPath("$.registration.state").isEqualTo("DEREGISTERED");
			assertThat(all).extractingPath("$.registration.drain.ended").asString().endsWith("Z");
		});
		post("", "{\"action\": \"register\"}", 200);
		assertThat(get("", 200)).extractingPath("$.registration.state").isEqualTo("REGISTERED");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "'' | {\"action\": \"stop\"} | 400 | register, deregister or drain, found 'stop'",
					"'' | {} | 400 | register, deregister or drain, found none",
					"/worker | {\"action\": \"stop\"} | 400 | refresh or end-ejection, found 'stop'",
					"/worker | {\"action\": \"end-ejection\"} | 400 | needs the id of an instance",
					"/unknown | {\"action\": \"refresh\"} | 404 | Watched services: worker.corp" })
	void explainsBadInput(String path, String body, int status, String message) {
		assertThat(post(path, body, status)).extractingPath("$.error").asString().contains(message);
	}

	@Test
	void unknownServiceIsNotFoundAndNotWatched() {
		assertThat(get("/unknown", 404)).extractingPath("$.error")
			.asString()
			.startsWith("Service 'unknown' is not watched.");
		assertThat(get("", 200)).doesNotHavePath("$.services['unknown.corp']");
	}

	@Test
	void contributesToInfo() {
		JsonContent info = exchange(HttpMethod.GET, "/actuator/info", null, 200);
		assertThat(info).extractingPath("$.discovery.registry").isEqualTo("embedded");
		assertThat(info).extractingPath("$.discovery.namespace").isEqualTo("corp");
		assertThat(info).extractingPath("$.discovery.instanceId").isEqualTo(CallTests.id(backend));
	}

	private static void register(String service, String id, int port, Map<String, String> attributes) {
		backend.getBean(Registry.class)
			.register(new InstanceRegistration(new ServiceName(new Namespace("corp"), service), id, "127.0.0.1", port,
					attributes,
					new ServiceDefinition(EnumSet.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	private static JsonContent get(String path, int status) {
		return exchange(HttpMethod.GET, "/actuator/discovery" + path, null, status);
	}

	private static JsonContent post(String path, String body, int status) {
		return exchange(HttpMethod.POST, "/actuator/discovery" + path, body, status);
	}

	private static JsonContent exchange(HttpMethod method, String path, String body, int status) {
		RestClient.RequestBodySpec request = RestClient.create()
			.method(method)
			.uri("http://127.0.0.1:" + port() + path)
			.contentType(MediaType.APPLICATION_JSON);
		return ((body != null) ? request.body(body) : request).exchange((sent, response) -> {
			assertThat(response.getStatusCode().value()).isEqualTo(status);
			return new JsonContent(new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
		});
	}

	private static int port() {
		return ((WebServerApplicationContext) backend).getWebServer().getPort();
	}

}
