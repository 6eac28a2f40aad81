package dev.cloudmap.discovery.clients;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.client.RestTemplate;

/**
 * Tests a {@code RestTemplate} with {@code HttpURLConnection}.
 */
class RestTemplateTests extends ClientContractTests {

	@Override
	Class<?> applicationClass() {
		return Application.class;
	}

	/** Returns false: the JDK resolves names only by the operating system. */
	@Override
	boolean resolvesInstances() {
		return false;
	}

	@Override
	Answer send(String host, HttpMethod method, @Nullable String body) {
		HttpHeaders headers = new HttpHeaders();
		headers.set("X-Test", "told");
		try {
			ResponseEntity<String> response = application().getBean(RestTemplate.class)
				.exchange("http://" + host + "/a/b?c=d", method, new HttpEntity<>(body, headers), String.class);
			return new Answer(response.getStatusCode().value(), String.valueOf(response.getBody()));
		}
		catch (RestClientResponseException ex) {
			return new Answer(ex.getStatusCode().value(), ex.getResponseBodyAsString());
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@LoadBalanced
		RestTemplate restTemplate(ObservationRegistry observations) {
			RestTemplate template = new RestTemplate();
			template.setObservationRegistry(observations);
			return template;
		}

	}

}
