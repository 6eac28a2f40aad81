package dev.cloudmap.registry;

import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceLimitExceededException;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;

import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The API and DNS of a registry in AWS mode.
 */
@Tag("slow")
class LikeAwsIT {

	private final HttpClient http = HttpClient.newHttpClient();

	private TestRegistry registry = TestRegistry.start(LikeAwsIT::likeAwsAtOnce);

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private static RegistryOptions likeAwsAtOnce(RegistryOptions options) {
		return options.withLikeAws().withEmulation(Emulation.NONE);
	}

	private void restart(UnaryOperator<RegistryOptions> options) {
		this.registry.close();
		this.registry = TestRegistry.start(options);
	}

	private HttpResponse<String> get(String path) throws Exception {
		return this.http.send(HttpRequest.newBuilder(this.registry.endpoint().resolve(path)).build(),
				BodyHandlers.ofString());
	}

	@Test
	void identifiesItselfWithoutCapabilities() throws Exception {
		assertThat(get("/").body()).contains("\"registry\":\"discovery-registry\"", "\"capabilities\":[]");
	}

	@Test
	void extendedRegistryReturnsCapabilities() throws Exception {
		restart(UnaryOperator.identity());
		assertThat(get("/").body()).contains("\"capabilities\":[\"leases\",\"watch\"]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/watch", "/watch?namespace=corp", "/discovery-registry/statistics",
			"/discovery-registry/presence", "/discovery-registry/emulation" })
	void hasOnlyTheApi(String path) throws Exception {
		this.registry.createHttpNamespace("corp");
		HttpResponse<String> answer = get(path);
		HttpResponse<String> unknown = get("/unknown");
		assertThat(answer.statusCode()).isEqualTo(404);
		assertThat(answer.body().replace(path, "/unknown")).isEqualTo(unknown.body());
		assertThat(unknown.body()).doesNotContain("watch");
	}

	@Test
	void returnsNoRevision() throws Exception {
		HttpResponse<String> good = this.http
			.send(TestRegistry.request(this.registry.endpoint(), "ListNamespaces", "{}"), BodyHandlers.ofString());
		HttpResponse<String> bad = this.http.send(TestRegistry.request(this.registry.endpoint(), "GetService", "{}"),
				BodyHandlers.ofString());
		assertThat(good.statusCode()).isEqualTo(200);
		assertThat(bad.statusCode()).isEqualTo(400);
		for (HttpResponse<String> answer : List.of(good, bad, get("/"), get("/watch"))) {
			assertThat(answer.headers().map().keySet()).noneMatch((name) -> name.startsWith("x-discovery"));
		}
		assertThat(raw("no request\r\n\r\n")).contains("400").doesNotContainIgnoringCase("X-Discovery");
		assertThat(raw("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")).contains("413")
			.doesNotContainIgnoringCase("X-Discovery");
	}

	private String raw(String request) throws Exception {
		try (Socket socket = this.registry.connect()) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return TestRegistry.readAll(socket);
		}
	}

	/**
	 * Differences in DNS.
	 */
	@Nested
	class Dns {

		private final TestRegistry registry = LikeAwsIT.this.registry;

		@Test
		void negativeTtlIsFifteenMinutes() throws Exception {
			this.registry.createDnsNamespace("corp.local");
			Message answer = this.registry.query("nobody.corp.local.", Type.A);
			assertThat(answer.getRcode()).isEqualTo(Rcode.NXDOMAIN);
			assertThat(answer.getSection(Section.AUTHORITY)).singleElement().satisfies((soa) -> {
				assertThat(soa.getTTL()).isEqualTo(900);
				assertThat(((SOARecord) soa).getMinimum()).isGreaterThanOrEqualTo(900);
			});
		}

		@Test
		void configuredTtlApplies() throws Exception {
			this.registry.client()
				.createPrivateDnsNamespace((request) -> request.name("corp.local")
					.vpc("vpc-1")
					.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(7L)))));
			Message answer = this.registry.query("nobody.corp.local.", Type.A);
			assertThat(answer.getSection(Section.AUTHORITY)).singleElement()
				.satisfies((soa) -> assertThat(soa.getTTL()).isEqualTo(7));
		}

	}

	@Test
	void rejectsSecondRecordOfSameAddress() {
		String namespace = this.registry.createDnsNamespace("corp.local");
		String service = this.registry.createDnsService(namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.A,
				RecordType.SRV);
		Map<String, String> attributes = Map.of("AWS_INSTANCE_IPV4", "127.0.0.1", "AWS_INSTANCE_PORT", "8080");
		this.registry.register(service, "one", attributes);
		String id = this.registry.client()
			.registerInstance((request) -> request.serviceId(service).instanceId("two").attributes(attributes))
			.operationId();
		Operation operation = this.registry.client().getOperation((request) -> request.operationId(id)).operation();
		assertThat(operation.status()).isEqualTo(OperationStatus.FAIL);
		assertThat(operation.errorCode()).isEqualTo("INVALID_CHANGE_BATCH");
		assertThat(operation.errorMessage()).contains("already exists", "127.0.1.2");
		assertThat(this.registry.client().listInstances((request) -> request.serviceId(service)).instances())
			.singleElement()
			.satisfies((instance) -> assertThat(instance.id()).isEqualTo("one"));
	}

	@Test
	void enforcesThrottlingAndQuotas() {
		restart((options) -> options.withLikeAws()
			.withEmulation(Emulation.LIKE_AWS.withOperationDelay(Duration.ZERO).withHealthDelay(Duration.ZERO)));
		assertThatExceptionOfType(ServiceDiscoveryException.class).isThrownBy(() -> {
			for (int attempt = 0; attempt < 100; attempt++) {
				this.registry.client().listNamespaces();
			}
		}).satisfies((ex) -> assertThat(ex.awsErrorDetails().errorCode()).isEqualTo("ThrottlingException"));
		restart((options) -> options.withLikeAws().withEmulation(Emulation.NONE.withQuotas()));
		for (int number = 0; number < 50; number++) {
			this.registry.createHttpNamespace("namespace-" + number);
		}
		assertThatExceptionOfType(ResourceLimitExceededException.class)
			.isThrownBy(() -> this.registry.createHttpNamespace("one-too-many"));
	}

}
