package dev.cloudmap.registry.api;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.RequestSigner;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.signature.Credentials;

import static org.assertj.core.api.Assertions.assertThat;

class HostedZoneEndpointTests {

	@Test
	void returnsVpcOfPrivateNamespace() throws Exception {
		try (TestRegistry registry = TestRegistry.start()) {
			String id = registry.createDnsNamespace("corp", "vpc-2");
			HttpResponse<String> response = send(zone(registry, hostedZoneId(registry, id)), "GET", Map.of());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("Content-Type")).contains("text/xml");
			assertThat(response.body()).contains("<Name>corp.</Name>", "<PrivateZone>true</PrivateZone>",
					"<VPC><VPCRegion>eu-west-1</VPCRegion><VPCId>vpc-2</VPCId></VPC>");
		}
	}

	@Test
	void rejectsOtherZones() throws Exception {
		try (TestRegistry registry = TestRegistry.start()) {
			String http = registry.createHttpNamespace("corp");
			for (String id : List.of("ZUNKNOWN", "Z" + http.substring(3).toUpperCase(Locale.ROOT), "x")) {
				HttpResponse<String> response = send(zone(registry, id), "GET", Map.of());
				assertThat(response.statusCode()).isEqualTo(404);
				assertThat(response.body()).contains("<Code>NoSuchHostedZone</Code>");
			}
			assertThat(send(zone(registry, "Z1"), "POST", Map.of()).statusCode()).isEqualTo(405);
		}
	}

	@Test
	void requiresSignatureForRoute53() throws Exception {
		try (TestRegistry registry = TestRegistry
			.start((options) -> options.withCredentials(Credentials.of("id", "secret")))) {
			URI zone = zone(registry, hostedZoneId(registry, registry.createDnsNamespace("corp", "vpc-2")));
			assertThat(send(zone, "GET", Map.of()).body()).contains("MissingAuthenticationTokenException");
			assertThat(send(zone, "GET", signed(zone, "servicediscovery")).body()).contains("'route53'");
			assertThat(send(zone, "GET", signed(zone, "route53")).body()).contains("vpc-2");
		}
	}

	private static Map<String, List<String>> signed(URI uri, String service) {
		return new RequestSigner("id", "secret", service, Instant.now()).sign("GET", uri, Map.of(), "");
	}

	private static URI zone(TestRegistry registry, String id) {
		return registry.endpoint().resolve(HostedZoneEndpoint.PATH + id);
	}

	private static String hostedZoneId(TestRegistry registry, String namespace) {
		return registry.client()
			.getNamespace((request) -> request.id(namespace))
			.namespace()
			.properties()
			.dnsProperties()
			.hostedZoneId();
	}

	private static HttpResponse<String> send(URI uri, String method, Map<String, List<String>> headers)
			throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody());
		headers.forEach((name, values) -> {
			if (!name.equalsIgnoreCase("Host")) {
				values.forEach((value) -> request.header(name, value));
			}
		});
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

}
