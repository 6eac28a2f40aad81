package dev.cloudmap.discovery.loadbalancer;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.web.reactive.function.client.ClientRequest;

import dev.cloudmap.discovery.DiscoveryException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests Spring Cloud's own retries for a service without instances.
 */
class WithoutInstanceTests {

	private static final URI URL = URI.create("http://worker/");

	private final DiscoveryException reason = new DiscoveryException("the reason");

	@Test
	void blockingRetryFailsWithTheReason() {
		RequestData sent = new RequestData(new MockClientHttpRequest(HttpMethod.GET, URL));
		assertThatThrownBy(() -> response(sent).block()).isSameAs(this.reason);
	}

	@Test
	void webClientAndFeignRetriesAnswerLikeTheirClients() {
		RequestData ofWebClient = new RequestData(
				ClientRequest.create(HttpMethod.GET, URL).attribute("any", "value").build());
		assertThat(response(ofWebClient).block().hasServer()).isFalse();
		RequestData ofFeign = new RequestData(HttpMethod.GET, URL, new HttpHeaders(), null, Map.of());
		assertThat(response(ofFeign).block().hasServer()).isFalse();
	}

	private Mono<Response<ServiceInstance>> response(RequestData data) {
		return WithoutInstance.response(new DefaultRequest<>(new RetryableRequestContext(null, data)), this.reason);
	}

}
