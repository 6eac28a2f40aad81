package dev.cloudmap.containers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import dev.cloudmap.containers.fleet.Images;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.test.testcontainers.RegistryContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests an application in the test's process that connects to a registry in a container
 * through {@code @ServiceConnection}.
 */
@EnabledIfContainers
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.application.name=backend", "discovery.namespace=corp" })
class ServiceConnectionIT {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	@ServiceConnection
	static final RegistryContainer CONTAINER = new RegistryContainer(Images.registry()).withNetworkAliases("registry");

	private final HttpServer worker = startWorker();

	@Autowired
	private Registry registry;

	@Autowired
	private InstanceSource source;

	@Autowired
	private DiscoveryClient discoveryClient;

	@Autowired
	@LoadBalanced
	private RestTemplate restTemplate;

	@LocalServerPort
	private int port;

	private static HttpServer startWorker() {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
			server.createContext("/", (exchange) -> {
				byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
				exchange.sendResponseHeaders(200, body.length);
				exchange.getResponseBody().write(body);
				exchange.close();
			});
			server.start();
			return server;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@BeforeEach
	void registerWorker() {
		this.registry
			.register(new InstanceRegistration(WORKER, "worker-1", "127.0.0.1", this.worker.getAddress().getPort(),
					Map.of(), new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	@AfterEach
	void stopWorker() {
		this.registry.deregister(WORKER, "worker-1");
		this.worker.stop(0);
	}

	@Test
	void theApplicationUsesTheRegistryInTheContainer() {
		assertThat(this.registry.info().location()).isEqualTo(CONTAINER.httpEndpoint().toString());
	}

	@Test
	void theApplicationRegistersItself() {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.discoveryClient.getInstances("backend")).singleElement()
				.extracting("port")
				.isEqualTo(this.port));
	}

	@Test
	void theApplicationFindsAnInstanceThroughDnsOverTcp() {
		assertThat(this.source.lookup(WORKER).toCompletableFuture().join()).satisfies((found) -> {
			assertThat(found.source()).isEqualTo("dns");
			assertThat(found.instances()).extracting("id").containsExactly("worker-1");
		});
		assertThat(this.restTemplate.getForObject("http://worker/", String.class)).isEqualTo("hello");
		String statistics = RestClient.create()
			.get()
			.uri(CONTAINER.httpEndpoint().resolve("/discovery-registry/statistics"))
			.retrieve()
			.body(String.class);
		assertThat(statistics).containsPattern("\"udpQueries\":0\\b").containsPattern("\"tcpQueries\":[1-9]");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@LoadBalanced
		@Bean(defaultCandidate = false)
		RestTemplate loadBalancedRestTemplate(RestTemplateBuilder builder) {
			return builder.build();
		}

	}

}
