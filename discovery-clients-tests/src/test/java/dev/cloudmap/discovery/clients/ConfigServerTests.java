package dev.cloudmap.discovery.clients;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.config.client.ConfigClientAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests applications that find a Config Server through the registry before they start.
 * The server answers as Spring Cloud Config's does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigServerTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Queue<String> requests = new ConcurrentLinkedQueue<>();

	private final List<ConfigurableApplicationContext> started = new ArrayList<>();

	private HttpServer server;

	private ConfigurableApplicationContext host;

	private URI registry;

	@BeforeAll
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::answer);
		this.server.start();
		this.host = host(0);
		this.registry = URI.create(this.host.getBean(Registry.class).info().location());
		register(this.host, "configserver", Map.of());
		System.setProperty("aws.accessKeyId", "test");
		System.setProperty("aws.secretAccessKey", "test");
	}

	@AfterAll
	void stop() {
		System.clearProperty("aws.accessKeyId");
		System.clearProperty("aws.secretAccessKey");
		this.started.forEach(ConfigurableApplicationContext::close);
		this.host.close();
		this.server.stop(0);
	}

	@Test
	void joinsTheEmbeddedRegistry() {
		assertThat(client("--spring.cloud.config.discovery.enabled=true").getEnvironment().getProperty("greeting"))
			.isEqualTo("from /app/default");
	}

	@Test
	void usesPathAndCredentialsOfTheMetadata() {
		register(this.host, "protected", Map.of("configPath", "/config", "user", "reader", "password", "secret"));
		ConfigurableApplicationContext client = client("--spring.cloud.config.discovery.enabled=true",
				"--spring.cloud.config.discovery.service-id=protected.corp");
		assertThat(client.getEnvironment().getProperty("greeting")).isEqualTo("from /config/app/default");
		// reader:secret
		assertThat(this.requests).contains("/config/app/default Basic cmVhZGVyOnNlY3JldA==");
	}

	@Test
	void usesCloudMap() {
		ConfigurableApplicationContext client = client("--spring.cloud.config.discovery.enabled=true",
				"--discovery.cloud-map.endpoint=" + this.registry, "--discovery.cloud-map.region=us-east-1");
		assertThat(client.getEnvironment().getProperty("greeting")).isEqualTo("from /app/default");
		assertThat(client.getBean(Registry.class).info().type()).isEqualTo("cloud-map");
	}

	@Test
	void usesDns() {
		assertThat(
				client("--spring.cloud.config.discovery.enabled=true", "--discovery.lookup.mode=dns").getEnvironment()
					.getProperty("greeting"))
			.isEqualTo("from /app/default");
	}

	@Test
	void laterHeartbeatsUseTheCatalog() {
		register(this.host, "moving", Map.of());
		ConfigurableApplicationContext client = client("--spring.cloud.config.discovery.enabled=true",
				"--spring.cloud.config.discovery.service-id=moving");
		InstanceCatalog catalog = client.getBean(InstanceCatalog.class);
		assertThat(catalog.watched()).isEmpty();
		client.publishEvent(new HeartbeatEvent(this, new Object()));
		assertThat(catalog.watched()).extracting(WatchedService::name).containsExactly(Workers.service("moving"));
	}

	@Test
	void waitsForARegistry() throws Exception {
		int port = Ports.free();
		CompletableFuture<ConfigurableApplicationContext> client;
		try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			taken.setSoTimeout((int) LIMIT.toMillis());
			client = CompletableFuture.supplyAsync(() -> client("--spring.cloud.config.discovery.enabled=true",
					"--discovery.embedded.http-port=" + port, "--spring.cloud.config.retry.initial-interval=50",
					"--spring.cloud.config.retry.max-attempts=200", "--spring.cloud.config.retry.max-interval=100"));
			// the first attempt fails
			taken.accept().close();
		}
		try (ConfigurableApplicationContext later = host(port)) {
			register(later, "configserver", Map.of());
			assertThat(client.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getEnvironment().getProperty("greeting"))
				.isEqualTo("from /app/default");
		}
	}

	@Test
	void hostsNoRegistryToFindTheServer() {
		int port = Ports.free();
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> client("--spring.cloud.config.discovery.enabled=true",
					"--discovery.embedded.http-port=" + port))
			.withMessageContaining("The Config Server was not found through discovery")
			.withMessageContaining("No registry answers at http://127.0.0.1:" + port)
			.withMessageContaining("Start the Config Server first");
	}

	@Test
	void withoutInstancesTheServiceAndTheRegistryAreReported() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> client("--spring.cloud.config.discovery.enabled=true",
					"--spring.cloud.config.discovery.service-id=absent"))
			.withMessageContaining("absent.corp")
			.withMessageContaining(this.registry.toString());
	}

	@Test
	void withoutFailFastTheApplicationStarts() {
		ConfigurableApplicationContext client = run("--spring.config.import=optional:configserver:",
				"--spring.cloud.config.discovery.enabled=true", "--spring.cloud.config.discovery.service-id=absent",
				"--spring.cloud.config.uri=http://127.0.0.1:" + Ports.refusing());
		assertThat(client.getEnvironment().containsProperty("greeting")).isFalse();
	}

	@Test
	void disabledDiscoveryIsReported() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> client("--spring.cloud.config.discovery.enabled=true", "--discovery.enabled=false"))
			.withMessageContaining("discovery.enabled is false");
	}

	@Test
	void withoutDiscoveryFirstTheAddressIsUsed() {
		ConfigurableApplicationContext client = client("--discovery.enabled=false",
				"--spring.cloud.config.uri=" + address("fixed"));
		assertThat(client.getEnvironment().getProperty("greeting")).isEqualTo("from /fixed/app/default");
	}

	private String address(String path) {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/" + path;
	}

	private void register(ConfigurableApplicationContext host, String service, Map<String, String> attributes) {
		Workers.register(host, service, attributes, this.server.getAddress().getPort());
	}

	private ConfigurableApplicationContext host(int port) {
		ConfigurableApplicationContext host = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--discovery.namespace=corp", "--discovery.embedded.http-port=" + port,
					"--discovery.embedded.dns-port=0", "--spring.cloud.config.enabled=false",
					"--spring.main.banner-mode=off");
		await().atMost(LIMIT).until(() -> host.getBean(Registry.class).info().role() != null);
		return host;
	}

	private ConfigurableApplicationContext client(String... properties) {
		List<String> all = new ArrayList<>(
				List.of("--spring.config.import=configserver:", "--spring.cloud.config.fail-fast=true"));
		all.addAll(List.of(properties));
		if (all.stream().noneMatch((property) -> property.contains("max-attempts"))) {
			all.add("--spring.cloud.config.retry.max-attempts=1");
		}
		return run(all.toArray(String[]::new));
	}

	private synchronized ConfigurableApplicationContext run(String... properties) {
		List<String> all = new ArrayList<>(List.of("--spring.application.name=app", "--discovery.namespace=corp",
				"--discovery.embedded.dns-port=0", "--spring.main.banner-mode=off"));
		all.addAll(List.of(properties));
		if (all.stream().noneMatch((property) -> property.contains("embedded.http-port"))) {
			all.add("--discovery.embedded.http-port=" + this.registry.getPort());
		}
		ConfigurableApplicationContext client = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
		this.started.add(client);
		return client;
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		this.requests.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
		byte[] answer = ("{\"name\":\"app\",\"profiles\":[\"default\"],\"propertySources\":[{\"name\":\"test\","
				+ "\"source\":{\"greeting\":\"from " + path + "\"}}]}")
			.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().add("Content-Type", "application/json");
		exchange.sendResponseHeaders(200, answer.length);
		exchange.getResponseBody().write(answer);
		exchange.close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class,
			ConfigClientAutoConfiguration.class })
	static class Application {

	}

}
