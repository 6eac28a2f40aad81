package dev.cloudmap.discovery.clients;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.invoker.HttpExchangeAdapter;

/**
 * Interfaces over a {@code RestClient}.
 */
class HttpExchangeOverRestClientTests extends HttpExchangeContractTests {

	@Override
	Class<?> application() {
		return RestClientTests.Application.class;
	}

	@Override
	HttpExchangeAdapter adapter(ConfigurableApplicationContext application, String baseUrl) {
		return RestClientAdapter.create(application.getBean(RestClient.Builder.class).clone().baseUrl(baseUrl).build());
	}

}
