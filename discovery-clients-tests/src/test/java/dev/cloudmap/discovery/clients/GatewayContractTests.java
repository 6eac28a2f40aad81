package dev.cloudmap.discovery.clients;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

/**
 * Spring Cloud Gateway, whose routes lead to {@code lb://} and the first part of the
 * path.
 */
abstract class GatewayContractTests extends ClientContractTests {

	@Override
	boolean isGateway() {
		return true;
	}

	/** Its observations are made where no instance is chosen yet, or known any more. */
	@Override
	boolean observesInstances() {
		return false;
	}

	@Override
	Answer send(String host, HttpMethod method, @Nullable String body) {
		String port = application().getEnvironment().getProperty("local.server.port");
		RestClient.RequestBodySpec request = RestClient.create()
			.method(method)
			.uri("http://127.0.0.1:" + port + "/" + host + "/a/b?c=d")
			.header("X-Test", "told");
		return ((body != null) ? request.body(body) : request)
			.exchangeForRequiredValue((sent, response) -> new Answer(response.getStatusCode().value(),
					new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8)));
	}

}
