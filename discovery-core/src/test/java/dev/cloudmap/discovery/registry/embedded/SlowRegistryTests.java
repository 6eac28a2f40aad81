package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.LoopbackClient;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests a program that identifies itself as a registry and then sends its answers one
 * byte at a time: starts and calls end.
 */
@Timeout(120)
class SlowRegistryTests {

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private ScriptedServer server;

	@AfterEach
	void close() throws IOException {
		this.server.close();
		this.threads.close();
	}

	@ParameterizedTest
	@Execution(ExecutionMode.CONCURRENT)
	@ValueSource(strings = { "", "HTTP/1.1 200 OK\r\nX-Filler: ",
			"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{\"Instances\":[{\"InstanceId\":\"",
			"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
			"HTTP/1.1 500 Error\r\nContent-Length: 100000\r\n\r\n<" })
	void delaysNeitherStartNorCalls(String beginning) throws IOException {
		this.server = ScriptedServer.running((connection) -> answer(connection, beginning));
		EmbeddedRegistry registry = new EmbeddedRegistry(new HostOrJoin(this.server.port(), 0, null, false),
				new CallMeter(() -> false), this::connect, this.threads.lookups());
		registry.start();
		await().until(() -> "member".equals(registry.info().role()));
		ServiceName worker = new ServiceName(new Namespace("corp"), "worker");
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> registry.discover(worker));
		registry.stop();
	}

	private static void answer(ScriptedServer.Connection connection, String beginning)
			throws IOException, InterruptedException {
		if (connection.readRequest().startsWith("GET / ")) {
			String identity = "{\"registry\":\"discovery-registry\",\"dns\":\"127.0.0.1:53\"}";
			connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + identity.length() + "\r\n\r\n" + identity);
			return;
		}
		connection.send(beginning);
		connection.sendEvery(Duration.ofMillis(100), beginning.contains("chunked") ? "1\r\n1\r\n" : "1");
	}

	private Registry connect(Membership membership) {
		URI endpoint = membership.endpoint();
		return new CloudMapRegistry(new LoopbackClient(endpoint, "us-east-1"),
				new RegistryInfo("embedded", endpoint.toString(), null, Set.of()),
				new CreationPolicy(Scope.NAMESPACES, "vpc-1"), null, (service) -> null, new CallMeter(() -> false),
				new WatchClient(this.threads.timer(), this.threads.lookups(), this.threads.changes()));
	}

}
