package dev.cloudmap.discovery.clients;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/**
 * Tests interfaces with {@code @HttpExchange} methods.
 */
abstract class HttpExchangeContractTests extends ClientContractTests {

	abstract HttpExchangeAdapter adapter(String baseUrl);

	/** Returns false: the builders are not those of Spring Boot. */
	@Override
	boolean resolvesInstances() {
		return false;
	}

	@Override
	Answer send(String host, HttpMethod method, @Nullable String body) {
		Worker worker = HttpServiceProxyFactory.builderFor(adapter("http://" + host))
			.build()
			.createClient(Worker.class);
		try {
			ResponseEntity<String> response = (body != null) ? worker.post("told", body) : worker.get("told");
			return new Answer(response.getStatusCode().value(), String.valueOf(response.getBody()));
		}
		catch (RestClientResponseException ex) {
			return new Answer(ex.getStatusCode().value(), ex.getResponseBodyAsString());
		}
		catch (WebClientResponseException ex) {
			return new Answer(ex.getStatusCode().value(), ex.getResponseBodyAsString());
		}
	}

	interface Worker {

		@GetExchange("/a/b?c=d")
		ResponseEntity<String> get(@RequestHeader("X-Test") String test);

		@PostExchange("/a/b?c=d")
		ResponseEntity<String> post(@RequestHeader("X-Test") String test, @RequestBody String body);

	}

}
