package dev.cloudmap.sample.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Calls the worker by its name.
 */
@Component
class WorkerClient {

	private static final String CALLED_ADDRESS = "called-address";

	private final RestClient client;

	WorkerClient(@LoadBalanced RestClient.Builder builder) {
		this.client = builder.baseUrl("http://worker/")
			// added after the load balancer, so that it receives the address of the
			// chosen instance
			.requestInterceptor((request, body, execution) -> {
				request.getAttributes().put(CALLED_ADDRESS, request.getURI().getAuthority());
				return execution.execute(request, body);
			})
			.build();
	}

	Answer call() {
		return this.client.get()
			.exchangeForRequiredValue((request, response) -> new Answer(read(response),
					(String) request.getAttributes().get(CALLED_ADDRESS)));
	}

	private static String read(ClientHttpResponse response) throws IOException {
		if (response.getStatusCode().isError()) {
			throw new RestClientException("The worker answered " + response.getStatusCode());
		}
		return new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
	}

	record Answer(String message, String address) {
	}

}
