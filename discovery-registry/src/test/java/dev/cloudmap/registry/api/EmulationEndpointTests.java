package dev.cloudmap.registry.api;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.RegistryOptions.EmulationEndpoint;
import dev.cloudmap.registry.RequestSigner;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EmulationEndpointTests {

	private static final String OFF = "{\"operationDelay\":\"0s\",\"healthDelay\":\"0s\",\"consistencyDelay\":\"0s\","
			+ "\"failures\":{},\"throttling\":false,\"quotas\":false}";

	private static final String PATH = "/discovery-registry/emulation";

	private static TestRegistry open() {
		return TestRegistry.start((options) -> options.withEmulationEndpoint(EmulationEndpoint.OPEN));
	}

	private static HttpResponse<String> send(TestRegistry registry, String method, String body) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(registry.endpoint().resolve(PATH))
				.method(method, BodyPublishers.ofString(body))
				.build(), BodyHandlers.ofString());
	}

	private static String message(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body()).get("Message").asString();
	}

	@Test
	void isDisabledByDefault() throws Exception {
		try (TestRegistry registry = TestRegistry.start()) {
			for (String method : List.of("GET", "PUT", "DELETE")) {
				HttpResponse<String> response = send(registry, method, "{\"throttling\":true}");
				assertThat(response.statusCode()).isEqualTo(404);
				assertThat(response.body()).contains("NotFound");
			}
		}
	}

	@Test
	void returnsCurrentEmulation() throws Exception {
		Emulation emulation = Emulation.NONE.withOperationDelay(Duration.ofMillis(1500))
			.withHealthDelay(Duration.ofSeconds(30))
			.withConsistencyDelay(Duration.ofHours(24))
			.withFailure(Operation.Type.REGISTER_INSTANCE, Operation.ErrorCode.ACCESS_DENIED)
			.withThrottling()
			.withQuotas();
		try (TestRegistry registry = TestRegistry
			.start((options) -> options.withEmulationEndpoint(EmulationEndpoint.OPEN).withEmulation(emulation))) {
			HttpResponse<String> response = send(registry, "GET", "");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("{\"operationDelay\":\"1500ms\",\"healthDelay\":\"30s\","
					+ "\"consistencyDelay\":\"24h\",\"failures\":{\"REGISTER_INSTANCE\":\"ACCESS_DENIED\"},"
					+ "\"throttling\":true,\"quotas\":true}");
			assertThat(response.headers().firstValue("X-Discovery-Revision")).isPresent();
			assertThat(EmulationJson.read(response.body().getBytes(StandardCharsets.UTF_8))).isEqualTo(emulation);
		}
	}

	@Test
	void replacesWholeEmulation() throws Exception {
		try (TestRegistry registry = open()) {
			assertThat(send(registry, "GET", "").body()).isEqualTo(OFF);
			HttpResponse<String> changed = send(registry, "PUT",
					"{\"failures\":{\"CREATE_NAMESPACE\":\"INTERNAL_FAILURE\"},\"quotas\":true}");
			assertThat(changed.statusCode()).isEqualTo(200);
			assertThat(changed.body()).contains("\"CREATE_NAMESPACE\":\"INTERNAL_FAILURE\"", "\"quotas\":true");
			assertThat(send(registry, "GET", "").body()).isEqualTo(changed.body());
			assertThat(status(registry, "one")).isEqualTo(OperationStatus.FAIL);
			assertThat(send(registry, "PUT", "{\"operationDelay\":\"1h\"}").body())
				.isEqualTo(OFF.replace("{\"operationDelay\":\"0s\"", "{\"operationDelay\":\"1h\""));
			assertThat(status(registry, "two")).isNotEqualTo(OperationStatus.SUCCESS);
			assertThat(send(registry, "PUT", "{}").body()).isEqualTo(OFF);
			assertThat(status(registry, "three")).isEqualTo(OperationStatus.SUCCESS);
		}
	}

	private static OperationStatus status(TestRegistry registry, String name) {
		String operation = registry.client().createHttpNamespace((request) -> request.name(name)).operationId();
		return registry.client().getOperation((request) -> request.operationId(operation)).operation().status();
	}

	@Test
	void throttlesAfterUpdate() throws Exception {
		try (TestRegistry registry = open()) {
			for (int i = 0; i < 20; i++) {
				registry.client().listNamespaces();
			}
			send(registry, "PUT", "{\"throttling\":true}");
			int refused = 0;
			for (int i = 0; i < 20; i++) {
				HttpRequest request = TestRegistry.request(registry.endpoint(), "ListNamespaces", "{}");
				refused += HttpClient.newHttpClient()
					.send(request, BodyHandlers.ofString())
					.body()
					.contains("ThrottlingException") ? 1 : 0;
			}
			assertThat(refused).isPositive();
			assertThat(send(registry, "GET", "").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					~~                                    | must be a JSON object
					null                                  | must be a JSON object with any of operationDelay, healthDelay
					[]                                    | must be a JSON object
					{                                     | not valid JSON
					{} {}                                 | not valid JSON
					{"quotas":true,"quotas":false}        | not valid JSON
					{"Quotas":true}                       | no member 'Quotas': expected any of operationDelay
					{"operationDelay":30}                 | 'operationDelay' must be a duration in quotes, such as "500ms", "30s" or "2m", but is 30.
					{"healthDelay":null}                  | 'healthDelay' must be a duration in quotes
					{"healthDelay":"soon"}                | 'healthDelay' must be a duration in quotes, such as "500ms", "30s" or "2m", but is "soon".
					{"healthDelay":"-1s"}                 | 'healthDelay' must be a duration
					{"consistencyDelay":"25h"}            | consistency delay must be from 0 to 24 h, but is PT25H
					{"throttling":"true"}                 | 'throttling' must be true or false, but is "true".
					{"quotas":1}                          | 'quotas' must be true or false, but is 1.
					{"failures":["REGISTER_INSTANCE"]}    | 'failures' must be an object such as
					{"failures":{"REGISTER":"X"}}         | with members of [CREATE_NAMESPACE
					{"failures":{"REGISTER_INSTANCE":"X"}} | and values of [ACCESS_DENIED
					{"failures":{"REGISTER_INSTANCE":null}} | but is {"REGISTER_INSTANCE":null}
					""")
	void rejectsInvalidEmulation(String body, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> EmulationJson.read(body.getBytes(StandardCharsets.UTF_8)))
			.withMessageContaining(message)
			.withMessageNotContaining("dev.cloudmap");
	}

	@Test
	void rejectedUpdateChangesNothing() throws Exception {
		try (TestRegistry registry = open()) {
			HttpResponse<String> response = send(registry, "PUT",
					"{\"quotas\":true,\"operationDelay\":\"" + "x".repeat(100_000) + "\"}");
			assertThat(response.statusCode()).isEqualTo(400);
			assertThat(message(response)).contains("'operationDelay' must be").hasSizeLessThan(300);
			assertThat(send(registry, "GET", "").body()).isEqualTo(OFF);
			HttpResponse<String> deletion = send(registry, "DELETE", "");
			assertThat(deletion.statusCode()).isEqualTo(405);
			assertThat(deletion.headers().firstValue("Allow")).contains("GET, PUT");
		}
	}

	@Test
	void requiresSignature() throws Exception {
		try (TestRegistry registry = TestRegistry
			.start((options) -> options.withEmulationEndpoint(EmulationEndpoint.OPEN)
				.withCredentials(Credentials.of("id", "secret")))) {
			assertThat(send(registry, "GET", "").body()).contains("MissingAuthenticationTokenException");
			String body = "{\"quotas\":true}";
			assertThat(send(registry, "PUT", body).statusCode()).isEqualTo(400);
			URI uri = registry.endpoint().resolve(PATH);
			HttpRequest.Builder request = HttpRequest.newBuilder(uri).PUT(BodyPublishers.ofString(body));
			new RequestSigner("id", "secret", "servicediscovery", Instant.now()).sign("PUT", uri, Map.of(), body)
				.forEach((name, values) -> {
					// The client sends the same Host header.
					if (!name.equals("Host")) {
						values.forEach((value) -> request.header(name, value));
					}
				});
			assertThat(HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).body())
				.isEqualTo(OFF.replace("\"quotas\":false", "\"quotas\":true"));
		}
	}

}
