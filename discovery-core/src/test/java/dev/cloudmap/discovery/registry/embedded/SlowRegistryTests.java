package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests a program that identifies itself as a registry and then sends its answers one
 * byte at a time: starts and calls end.
 */
@Timeout(120)
class SlowRegistryTests {

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final CountDownLatch ended = new CountDownLatch(1);

	private ServerSocket server;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void close() throws IOException {
		this.ended.countDown();
		this.server.close();
		this.threads.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 200 OK\r\nX-Filler: ",
			"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{\"Instances\":[{\"InstanceId\":\"",
			"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
			"HTTP/1.1 500 Error\r\nContent-Length: 100000\r\n\r\n<" })
	void delaysNeitherStartNorCalls(String beginning) {
		Thread thread = new Thread(() -> serve(beginning), "slow-registry");
		thread.setDaemon(true);
		thread.start();
		EmbeddedRegistry registry = new EmbeddedRegistry(new HostOrJoin(this.server.getLocalPort(), 0, null, false),
				new CallMeter(() -> false), this::connect, this.threads.lookups());
		registry.start();
		await().until(() -> "member".equals(registry.info().role()));
		ServiceName worker = new ServiceName(new Namespace("corp"), "worker");
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> registry.discover(worker));
		registry.stop();
	}

	private void serve(String beginning) {
		while (true) {
			try {
				Socket connection = this.server.accept();
				Thread thread = new Thread(() -> answer(connection, beginning), "slow-answer");
				thread.setDaemon(true);
				thread.start();
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void answer(Socket connection, String beginning) {
		try (connection) {
			byte[] request = new byte[8192];
			int length = connection.getInputStream().read(request);
			OutputStream out = connection.getOutputStream();
			if (new String(request, 0, Math.max(length, 0), StandardCharsets.US_ASCII).startsWith("GET / ")) {
				String identity = "{\"registry\":\"discovery-registry\",\"dns\":\"127.0.0.1:53\"}";
				out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + identity.length() + "\r\n\r\n" + identity)
					.getBytes(StandardCharsets.US_ASCII));
				return;
			}
			out.write(beginning.getBytes(StandardCharsets.US_ASCII));
			byte[] more = (beginning.contains("chunked") ? "1\r\n1\r\n" : "1").getBytes(StandardCharsets.US_ASCII);
			while (!this.ended.await(100, TimeUnit.MILLISECONDS)) {
				out.write(more);
			}
		}
		catch (IOException ex) {
			// the client has closed the connection
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Registry connect(Membership membership) {
		URI endpoint = membership.endpoint();
		ServiceDiscoveryClientBuilder builder = CloudMapClients
			.builder(new CloudMapConnection(endpoint, "us-east-1", AnonymousCredentialsProvider.create(), null));
		builder.overrideConfiguration(
				builder.overrideConfiguration().toBuilder().retryStrategy(DefaultRetryStrategy.doNotRetry()).build());
		return new CloudMapRegistry(builder.build(), new RegistryInfo("embedded", endpoint.toString(), null, Set.of()),
				new CreationPolicy(Scope.NAMESPACES, "vpc-1"), null, (service) -> null,
				new CallMeter(() -> false),
				new WatchClient(this.threads.timer(), this.threads.lookups(), this.threads.changes()));
	}

}
