package dev.cloudmap.discovery.clients;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests Spring Cloud Gateway with routes to {@code lb://} and the first segment of the
 * path.
 */
abstract class GatewayContractTests extends ClientContractTests {

	@Override
	boolean isGateway() {
		return true;
	}

	@Override
	void assertFailsWithoutInstance(String host, String reason) {
		assertThat(send(host, HttpMethod.GET, null).status()).isEqualTo(503);
	}

	@Override
	Answer send(String host, HttpMethod method, @Nullable String body) {
		String port = application().getEnvironment().getProperty("local.server.port");
		// the JDK's client offers an upgrade to HTTP/2, which must not
		// prevent a retry
		RestClient.RequestBodySpec request = RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory())
			.build()
			.method(method)
			.uri("http://127.0.0.1:" + port + "/" + host + "/a/b?c=d")
			.header("X-Test", "told");
		return ((body != null) ? request.body(body) : request)
			.exchangeForRequiredValue((sent, response) -> new Answer(response.getStatusCode().value(),
					new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8)));
	}

}
