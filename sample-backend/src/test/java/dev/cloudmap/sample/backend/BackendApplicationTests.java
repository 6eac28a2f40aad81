package dev.cloudmap.sample.backend;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.registry.embedded.HostOrJoin;
import dev.cloudmap.sample.worker.Worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "discovery.lookup.refresh=100ms")
class BackendApplicationTests {

	@LocalServerPort
	private int port;

	@Autowired
	private HostOrJoin registry;

	private ConfigurableApplicationContext worker;

	@AfterEach
	void stopTheWorker() {
		if (this.worker != null) {
			this.worker.close();
		}
	}

	@Test
	void answersWithMessageAndAddressOfTheWorker() {
		this.worker = new SpringApplicationBuilder(Worker.class).run("--spring.application.name=worker",
				"--server.port=0", "--discovery.registration.instance-id=worker-1", "--discovery.registration.drain=0s",
				"--discovery.embedded.http-port=" + this.registry.ensure().endpoint().getPort());
		String workerPort = this.worker.getEnvironment().getProperty("local.server.port");
		await().atMost(Duration.ofSeconds(20)).until(() -> get("/workers").contains("worker-1"));
		assertThat(get("/workers"))
			.isEqualTo("[{\"instanceId\":\"worker-1\",\"uri\":\"http://127.0.0.1:" + workerPort + "\"}]");
		assertThat(get("/")).isEqualTo("Worker Message: Hello from a test\nFrom: 127.0.0.1:" + workerPort + "\n");
	}

	private String get(String path) {
		return RestClient.create("http://127.0.0.1:" + this.port).get().uri(path).retrieve().body(String.class);
	}

}
