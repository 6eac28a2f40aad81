package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.actuate.DiscoveryHealthIndicator;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Error messages for invalid input: each states the expected value, the actual value and
 * the correction.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class BadInputIT {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String FAIL_FAST = "spring.cloud.service-registry.auto-registration.fail-fast=true";

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void missingNamespace(CapturedOutput output) {
		failsToStartWithoutWebServer("discovery.namespace=");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("No namespace is set")
			.contains("namespace: corp");
	}

	@Test
	void invalidNamespace(CapturedOutput output) {
		failsToStartWithoutWebServer("discovery.namespace=two words");
		assertThat(output).contains("'two words' is not a valid namespace name: expected 1 to 1024")
			.contains("Correct discovery.namespace");
	}

	@Test
	void invalidServiceName(CapturedOutput output) {
		failsToStart("spring.application.name=My App!");
		assertThat(output).contains("'My App!' is not a valid service name")
			.contains("Correct spring.application.name");
	}

	@Test
	void missingServiceName(CapturedOutput output) {
		ConfigurableApplicationContext nameless = this.applications.backend("spring.application.name=");
		DiscoveryHealthIndicator indicator = nameless.getBean(DiscoveryHealthIndicator.class);
		await().atMost(LIMIT).until(() -> problem(indicator).contains("Set spring.application.name"));
		assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
		assertThatException().isThrownBy(() -> this.applications.backend("spring.application.name=", FAIL_FAST));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("because it has no name");
	}

	@Test
	void invalidPort(CapturedOutput output) {
		failsToStartWithoutWebServer("discovery.embedded.http-port=70000");
		assertThat(output).contains("discovery.embedded.http-port is 70000: expected 0 to 65535");
	}

	@Test
	void invalidDurations(CapturedOutput output) {
		failsToStartWithoutWebServer("discovery.lookup.refresh=0s");
		assertThat(output).contains("discovery.lookup.refresh is 0ms: expected 50ms or more");
		failsToStartWithoutWebServer("discovery.registration.lease=10ms");
		assertThat(output).contains("'10ms' is not a valid lease: expected 1s or more");
	}

	@Test
	void invalidDnsServer(CapturedOutput output) {
		failsToStartWithoutWebServer("discovery.lookup.dns.servers=not a server");
		assertThat(output).contains("'not a server' is not a valid DNS server").contains("127.0.0.1:8053");
	}

	@Test
	void awsWithoutCredentials(CapturedOutput output) {
		String[] properties = { "discovery.registry=cloud-map",
				"discovery.cloud-map.endpoint=http://127.0.0.1:" + Ports.refusing() };
		String problem = awaitProblem(start(properties));
		assertThat(problem).contains("No AWS credentials were found").contains("AWS_ACCESS_KEY_ID");
		failsToStart(properties[0], properties[1], FAIL_FAST);
		assertThat(output).contains("APPLICATION FAILED TO START").contains("Run with a task or instance role");
	}

	@Test
	void portInUseByAnotherServer(CapturedOutput output) throws IOException {
		HttpServer server = HttpServer
			.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.applications.registryPort()), 0);
		server.start();
		try {
			String problem = awaitProblem(start());
			assertThat(problem).contains("Port " + this.applications.registryPort())
				.contains("found an HTTP server that is not a registry (status 404)")
				.contains("discovery.embedded.http-port=" + (this.applications.registryPort() + 1));
			failsToStart(FAIL_FAST);
			assertThat(output).contains("APPLICATION FAILED TO START").contains("Stop that program");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void unreachableRegistry(CapturedOutput output) {
		System.setProperty("aws.accessKeyId", "test");
		System.setProperty("aws.secretAccessKey", "test");
		try {
			int port = Ports.refusing();
			String endpoint = "discovery.cloud-map.endpoint=http://127.0.0.1:" + port;
			ConfigurableApplicationContext started = start(endpoint);
			assertThat(awaitProblem(started)).contains("http://127.0.0.1:" + port + " could not be reached");
			// both try to deregister for ten seconds
			CompletableFuture<Void> closed = CompletableFuture.runAsync(started::close,
					(task) -> new Thread(task, "closing").start());
			failsToStart(endpoint, FAIL_FAST);
			assertThat(output).contains("APPLICATION FAILED TO START");
			assertThat(closed).succeedsWithin(LIMIT);
		}
		finally {
			System.clearProperty("aws.accessKeyId");
			System.clearProperty("aws.secretAccessKey");
		}
	}

	private ConfigurableApplicationContext start(String... properties) {
		return this.applications.start(Applications.Worker.class, WebApplicationType.SERVLET, "worker", properties);
	}

	private void failsToStartWithoutWebServer(String property) {
		assertThatException().isThrownBy(
				() -> this.applications.start(Applications.Backend.class, WebApplicationType.NONE, "worker", property));
	}

	private void failsToStart(String... properties) {
		assertThatException().isThrownBy(() -> start(properties));
	}

	/**
	 * Waits for a problem of the registration. It makes the status UNKNOWN, never DOWN.
	 */
	private static String awaitProblem(ConfigurableApplicationContext context) {
		DiscoveryHealthIndicator indicator = context.getBean(DiscoveryHealthIndicator.class);
		await().atMost(LIMIT).until(() -> indicator.health().getStatus().equals(Status.UNKNOWN));
		return problem(indicator);
	}

	private static String problem(DiscoveryHealthIndicator indicator) {
		return String.valueOf(((Map<?, ?>) indicator.health().getDetails().get("registration")).get("problem"));
	}

}
