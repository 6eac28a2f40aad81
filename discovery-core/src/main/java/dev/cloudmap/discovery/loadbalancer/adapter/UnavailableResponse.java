package dev.cloudmap.discovery.loadbalancer.adapter;

import java.nio.charset.StandardCharsets;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.reactive.function.client.support.ClientResponseWrapper;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The response of {@code WebClient} when no instance can be called: status 503 as with
 * Spring Cloud's filter. The reason is its body and the message of its exception.
 */
final class UnavailableResponse extends ClientResponseWrapper {

	private final String reason;

	private UnavailableResponse(ClientResponse response, String reason) {
		super(response);
		this.reason = reason;
	}

	static ClientResponse of(DiscoveryException failure) {
		String reason = String.valueOf(failure.getMessage());
		return new UnavailableResponse(ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE)
			.headers((headers) -> headers.setContentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8)))
			.body(reason)
			.build(), reason);
	}

	@Override
	public Mono<WebClientResponseException> createException() {
		return super.createException()
			.map((exception) -> WebClientResponseException.create(exception.getStatusCode(), this.reason,
					exception.getHeaders(), exception.getResponseBodyAsByteArray(), StandardCharsets.UTF_8, null));
	}

	@Override
	public <T> Mono<T> createError() {
		return createException().flatMap(Mono::error);
	}

}
