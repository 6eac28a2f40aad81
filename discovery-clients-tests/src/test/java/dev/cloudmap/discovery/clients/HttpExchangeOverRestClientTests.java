package dev.cloudmap.discovery.clients;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.invoker.HttpExchangeAdapter;

/**
 * Tests HTTP interfaces over a {@code RestClient}.
 */
class HttpExchangeOverRestClientTests extends HttpExchangeContractTests {

	@Override
	Class<?> applicationClass() {
		return RestClientTests.Application.class;
	}

	@Override
	HttpExchangeAdapter adapter(String baseUrl) {
		return RestClientAdapter
			.create(application().getBean(RestClient.Builder.class).clone().baseUrl(baseUrl).build());
	}

}
