package dev.cloudmap.discovery.registration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.HostResolver.ResolvedHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EcsMetadataTests {

	private static final String TASK = """
			{"Cluster": "default", "TaskARN": "arn:aws:ecs:eu-central-1:111122223333:task/default/158d1c8083dd49d6",
			 "Family": "worker", "Revision": "5", "AvailabilityZone": "eu-central-1a", "Containers": []}""";

	private final Map<String, String> answers = new HashMap<>();

	private final AtomicInteger requests = new AtomicInteger();

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			this.requests.incrementAndGet();
			String answer = this.answers.get(exchange.getRequestURI().getPath());
			byte[] body = String.valueOf(answer).getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders((answer != null) ? 200 : 404, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void tellsTheTasksIdAddressAndZone() {
		this.answers.put("/v4/abc", container("awsvpc"));
		this.answers.put("/v4/abc/task", TASK);
		EcsMetadata metadata = metadata();
		assertThat(metadata.host()).isEqualTo(new ResolvedHost("10.0.2.106", "address of ECS task 158d1c8083dd49d6"));
		assertThat(metadata.task().id()).isEqualTo("158d1c8083dd49d6");
		Map<String, String> attributes = new HashMap<>(Map.of("ECS_CLUSTER_NAME", "mine"));
		metadata.customize(attributes);
		assertThat(attributes).containsOnly(Map.entry("AVAILABILITY_ZONE", "eu-central-1a"),
				Map.entry("ECS_CLUSTER_NAME", "mine"), Map.entry("ECS_TASK_DEFINITION_FAMILY", "worker"));
		assertThat(this.requests).hasValue(2);
	}

	@Test
	void knowsNoAddressInBridgeMode() {
		this.answers.put("/v4/abc", container("bridge"));
		this.answers.put("/v4/abc/task", TASK);
		assertThat(metadata().host()).isNull();
	}

	@Test
	void anAnswerThatIsNotAsDocumentedIsExplainedAndAskedForAgain() {
		EcsMetadata metadata = metadata();
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(metadata::host)
			.withMessageContaining("status 404")
			.withMessageContaining("ECS_CONTAINER_METADATA_URI_V4");
		this.answers.put("/v4/abc", "no json");
		this.answers.put("/v4/abc/task", "{}");
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(metadata::host);
		this.answers.put("/v4/abc", container("awsvpc"));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(metadata::host)
			.withMessageContaining("no TaskARN");
		this.answers.put("/v4/abc/task", TASK);
		assertThat(metadata.host()).isNotNull();
	}

	private EcsMetadata metadata() {
		return new EcsMetadata("http://127.0.0.1:" + this.server.getAddress().getPort() + "/v4/abc");
	}

	private static String container(String mode) {
		return """
				{"DockerId": "ea32192c8553", "Name": "worker", "Type": "NORMAL",
				 "Networks": [{"NetworkMode": "%s", "IPv4Addresses": ["10.0.2.106"]}]}""".formatted(mode);
	}

}
