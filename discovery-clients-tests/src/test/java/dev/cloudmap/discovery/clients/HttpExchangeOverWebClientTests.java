package dev.cloudmap.discovery.clients;

import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.HttpExchangeAdapter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests HTTP interfaces over a {@code WebClient}.
 */
class HttpExchangeOverWebClientTests extends HttpExchangeContractTests {

	@Override
	Class<?> applicationClass() {
		return WebClientTests.Application.class;
	}

	@Override
	void assertFailsWithoutInstance(String host, String reason) {
		Answer answer = send(host, HttpMethod.GET, null);
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.body()).contains(reason);
	}

	@Override
	HttpExchangeAdapter adapter(String baseUrl) {
		return WebClientAdapter.create(application().getBean(WebClient.Builder.class).clone().baseUrl(baseUrl).build());
	}

}
