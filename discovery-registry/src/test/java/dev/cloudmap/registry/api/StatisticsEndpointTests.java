package dev.cloudmap.registry.api;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.signature.Credentials;

import static org.assertj.core.api.Assertions.assertThat;

class StatisticsEndpointTests {

	private static HttpResponse<String> send(TestRegistry registry, String method) throws Exception {
		return send(registry, method, "/discovery-registry/statistics");
	}

	private static HttpResponse<String> send(TestRegistry registry, String method, String path) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(registry.endpoint().resolve(path))
				.method(method, BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
	}

	@Test
	void returnsDnsStatistics() throws Exception {
		try (TestRegistry registry = TestRegistry.start()) {
			registry.createDnsNamespace("corp.local");
			registry.query("corp.local.", Type.SOA);
			registry.query("example.org.", Type.A);
			HttpResponse<String> response = send(registry, "GET");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("{\"dns\":{\"udpQueries\":2,\"tcpQueries\":0,"
					+ "\"responses\":{\"NOERROR\":1,\"REFUSED\":1},\"truncated\":0,\"malformed\":0,\"dropped\":0}}");
		}
	}

	@Test
	void returnsInstanceAndWatcherCounts() throws Exception {
		try (TestRegistry registry = TestRegistry.start()) {
			registry.createDnsNamespace("corp.local");
			assertThat(send(registry, "GET", "/discovery-registry/presence").body()).contains("\"instances\":0")
				.contains("\"watchers\":0");
		}
	}

	@Test
	void acceptsOnlyReads() throws Exception {
		try (TestRegistry registry = TestRegistry.start()) {
			HttpResponse<String> response = send(registry, "POST");
			assertThat(response.statusCode()).isEqualTo(405);
			assertThat(response.headers().firstValue("Allow")).contains("GET");
		}
	}

	@Test
	void requiresSignature() throws Exception {
		try (TestRegistry registry = TestRegistry
			.start((options) -> options.withCredentials(Credentials.of("id", "secret")))) {
			assertThat(send(registry, "GET").body()).contains("MissingAuthenticationTokenException");
		}
	}

}
