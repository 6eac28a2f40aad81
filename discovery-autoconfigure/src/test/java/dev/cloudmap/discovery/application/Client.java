package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import org.springframework.context.ApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.HttpStatusCodeException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * The load-balanced clients of {@link Applications.Backend}.
 */
enum Client {

	REST_CLIENT {

		@Override
		int exchange(ApplicationContext caller, String service, HttpMethod method, String body) {
			RestClient.RequestBodySpec request = caller.getBean(RestClient.Builder.class)
				.build()
				.method(method)
				.uri("http://" + service + "/");
			return ((body != null) ? request.body(body) : request).exchange((sent, response) -> {
				response.getBody().readAllBytes();
				return response.getStatusCode().value();
			});
		}

	},

	REST_TEMPLATE {

		@Override
		int exchange(ApplicationContext caller, String service, HttpMethod method, String body) {
			try {
				return caller.getBean(RestTemplate.class)
					.exchange("http://" + service + "/", method, new HttpEntity<>(body),
							new ParameterizedTypeReference<String>() {
							}, Map.of())
					.getStatusCode()
					.value();
			}
			catch (HttpStatusCodeException ex) {
				return ex.getStatusCode().value();
			}
		}

	},

	WEB_CLIENT {

		@Override
		int exchange(ApplicationContext caller, String service, HttpMethod method, String body) {
			WebClient.RequestBodySpec request = caller.getBean(WebClient.Builder.class)
				.build()
				.method(method)
				.uri("http://" + service + "/");
			return ((body != null) ? request.bodyValue(body) : request)
				.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()))
				.block(Client.LIMIT);
		}

	};

	private static final Duration LIMIT = Duration.ofSeconds(30);

	/**
	 * The name of the client in the name of a service.
	 */
	String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Sends a request and reads the response.
	 * @return the status
	 */
	abstract int exchange(ApplicationContext caller, String service, HttpMethod method, String body);

	/**
	 * Sends a request and reads the response.
	 * @return the status; 0 if there is no response
	 */
	int send(ApplicationContext caller, String service, HttpMethod method, String body) {
		try {
			return exchange(caller, service, method, body);
		}
		catch (ResourceAccessException | WebClientRequestException ex) {
			return 0;
		}
	}

}
