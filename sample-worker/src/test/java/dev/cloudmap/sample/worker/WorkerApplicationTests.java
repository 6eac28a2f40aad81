package dev.cloudmap.sample.worker;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
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
	void answersWithItsMessageAndTheIdItIsRegisteredWith() {
		await().atMost(Duration.ofSeconds(20)).until(() -> this.discovery.getInstances("worker").size() == 1);
		ServiceInstance registered = this.discovery.getInstances("worker").get(0);
		assertThat(registered.getPort()).isEqualTo(this.port);
		String answer = RestClient.create().get().uri(registered.getUri()).retrieve().body(String.class);
		assertThat(answer).isEqualTo("Hello from the worker (instance " + registered.getInstanceId() + ")");
	}

}
