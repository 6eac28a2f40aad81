package dev.cloudmap.discovery.registration.aws;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;

import static org.assertj.core.api.Assertions.assertThat;

class EcsExternalRegistrarTests {

	private static final String TASK = """
			{"TaskARN": "arn:aws:ecs:eu-central-1:111122223333:task/default/158d1c80", "Networks": []}""";

	private static final ServiceName SERVICE = ReconcilerFixture.INSTANCE.service();

	private final FakeRegistry registry = new FakeRegistry();

	private HttpServer server;

	private EcsExternalRegistrar externalRegistrar;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			byte[] body = TASK.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
		this.externalRegistrar = new EcsExternalRegistrar(this.registry,
				new EcsMetadata("http://127.0.0.1:" + this.server.getAddress().getPort()));
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void findsTheInstanceThatEcsRegistered() {
		register("158d1c80", Map.of("ECS_SERVICE_NAME", "worker", "ECS_CLUSTER_NAME", "default"));
		assertThat(this.externalRegistrar.instanceId(SERVICE)).isEqualTo("158d1c80");
		assertThat(this.externalRegistrar.name()).isEqualTo("Amazon ECS");
	}

	@Test
	void ignoresInstancesOfOtherTasks() {
		register("another", Map.of("ECS_SERVICE_NAME", "worker"));
		assertThat(this.externalRegistrar.instanceId(SERVICE)).isNull();
	}

	@Test
	void ignoresInstancesOfThisLibrary() {
		register("158d1c80", Map.of("ECS_CLUSTER_NAME", "default", "discovery.lease", "15"));
		assertThat(this.externalRegistrar.instanceId(SERVICE)).isNull();
	}

	@Test
	void ignoresInstancesOfOthers() {
		register("158d1c80", Map.of("color", "blue"));
		assertThat(this.externalRegistrar.instanceId(SERVICE)).isNull();
	}

	private void register(String id, Map<String, String> attributes) {
		this.registry.register(new InstanceRegistration(SERVICE, id, "10.0.0.1", 80, attributes,
				ReconcilerFixture.INSTANCE.definition()));
	}

}
