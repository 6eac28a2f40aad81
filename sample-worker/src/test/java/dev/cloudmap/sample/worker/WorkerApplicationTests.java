package dev.cloudmap.sample.worker;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "discovery.lookup.refresh=100ms")
class WorkerApplicationTests {

	@LocalServerPort
	private int port;

	@Autowired
	private DiscoveryClient discovery;

	@Test
	void answersWithItsMessageAndInstanceId() {
		await().atMost(Duration.ofSeconds(20)).until(() -> this.discovery.getInstances("worker").size() == 1);
		ServiceInstance registered = this.discovery.getInstances("worker").get(0);
		assertThat(registered.getPort()).isEqualTo(this.port);
		String answer = RestClient.create().get().uri(registered.getUri()).retrieve().body(String.class);
		assertThat(answer).isEqualTo("Hello from the worker (instance " + registered.getInstanceId() + ")");
	}

	@Test
	void isNotReadyWhenItsHealthIsDown() {
		RestClient client = RestClient.builder()
			.baseUrl("http://127.0.0.1:" + this.port)
			.defaultStatusHandler((status) -> true, (request, response) -> {
			})
			.build();
		client.post().uri("/health/down").retrieve().toBodilessEntity();
		assertThat(readiness(client)).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		client.post().uri("/health/up").retrieve().toBodilessEntity();
		assertThat(readiness(client)).isEqualTo(HttpStatus.OK);
	}

	private static HttpStatusCode readiness(RestClient client) {
		return client.get().uri("/actuator/health/readiness").retrieve().toBodilessEntity().getStatusCode();
	}

}
