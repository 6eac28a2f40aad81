package dev.cloudmap.sample.portal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.web.client.RestClient;

import dev.cloudmap.testsupport.ConsulAgent;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests the packaged applications as processes, which find each other through the
 * embedded registry or through a Consul agent.
 */
@Tag("slow")
class PortalIT {

	private static final Duration LIMIT = Duration.ofMinutes(4);

	private static final Path LOGS = Path.of("target", "processes");

	private static final Pattern INSTANCE = Pattern.compile("Answered by (\\w+ instance <code>[^<]+)</code>");

	private static final String NO_STOCKS = "The stock service is unavailable.";

	private final int port = Ports.free();

	private final List<String> arguments = new ArrayList<>();

	private final List<Process> processes = new ArrayList<>();

	@AfterEach
	void end() {
		Collections.reverse(this.processes);
		this.processes.forEach(Process::destroyForcibly);
	}

	@Test
	void showsBothServicesOnTheEmbeddedRegistryWhileInstancesStop() throws Exception {
		this.arguments.add("--discovery.embedded.http-port=" + Ports.free());
		this.arguments.add("--discovery.embedded.dns-port=0");
		showBothServicesWhileInstancesStop();
	}

	@Test
	void showsBothServicesOnConsulWhileInstancesStop() throws Exception {
		assumeTrue(ConsulAgent.executable().isPresent(), ConsulAgent.MISSING);
		try (ConsulAgent agent = ConsulAgent.start(LOGS.resolve("consul"), "")) {
			this.arguments.add("--spring.profiles.active=consul");
			this.arguments.add("--discovery.consul.port=" + agent.port());
			this.arguments.add("--discovery.consul.dns-port=" + agent.dnsPort());
			showBothServicesWhileInstancesStop();
		}
	}

	private void showBothServicesWhileInstancesStop() throws Exception {
		Process first = start("stock", "stock-1");
		Process second = start("stock", "stock-2");
		start("weather", "weather");
		start("portal", "portal", "--server.port=" + this.port);
		Set<String> seen = new HashSet<>();
		await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> {
			seen.addAll(instances(page()));
			assertThat(seen).hasSize(3);
		});

		first.destroy();
		do {
			assertThat(page()).doesNotContain("unavailable");
		}
		while (first.isAlive());
		List<String> left = instances(page());
		assertThat(left).hasSize(2);
		assertThat(seen).containsAll(left);
		assertThat(page()).contains(left);

		second.destroyForcibly().waitFor();
		await().atMost(LIMIT).untilAsserted(() -> assertThat(page()).contains(NO_STOCKS));
		assertThat(page()).contains("Reykjavik");

		start("stock", "stock-3");
		await().atMost(LIMIT).untilAsserted(() -> assertThat(page()).contains("Acorn Mills"));
	}

	private Process start(String application, String name, String... arguments) throws IOException {
		Files.createDirectories(LOGS);
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		Collections.addAll(command, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar",
				Path.of("..", application, "target", "sample-" + application + ".jar").toString());
		command.addAll(this.arguments);
		Collections.addAll(command, arguments);
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(LOGS.resolve(name + ".log").toFile())
			.start();
		this.processes.add(process);
		return process;
	}

	private String page() {
		return RestClient.create("http://127.0.0.1:" + this.port).get().retrieve().body(String.class);
	}

	private static List<String> instances(String page) {
		return INSTANCE.matcher(page).results().map((result) -> result.group(1)).toList();
	}

}
