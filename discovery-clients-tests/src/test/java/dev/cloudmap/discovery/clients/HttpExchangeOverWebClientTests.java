package dev.cloudmap.discovery.clients;

import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.HttpExchangeAdapter;

/**
 * Interfaces over a {@code WebClient}.
 */
class HttpExchangeOverWebClientTests extends HttpExchangeContractTests {

	@Override
	Class<?> applicationClass() {
		return WebClientTests.Application.class;
	}

	@Override
	HttpExchangeAdapter adapter(String baseUrl) {
		return WebClientAdapter.create(application().getBean(WebClient.Builder.class).clone().baseUrl(baseUrl).build());
	}

}
