package dev.cloudmap.discovery.interplay;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that Spring Boot Devtools restart within its JVM, in a process of its
 * own.
 */
@Tag("slow")
class DevtoolsIT {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final Path LOG = Path.of("target", "devtools.log");

	private static final ParameterizedTypeReference<List<String>> NAMES = new ParameterizedTypeReference<>() {
	};

	private final Applications applications = new Applications();

	@TempDir
	private Path classPath;

	private @Nullable Process process;

	@BeforeEach
	void startApplication() throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
						this.classPath + File.pathSeparator + System.getProperty("java.class.path"),
						Restarted.class.getName()));
		Map<String, String> properties = this.applications.properties("restarted");
		properties.put("server.port", "0");
		properties.put("spring.devtools.restart.poll-interval", "200ms");
		properties.put("spring.devtools.restart.quiet-period", "100ms");
		properties.put("spring.devtools.livereload.enabled", "false");
		properties.forEach((name, value) -> command.add("--" + name + "=" + value));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(LOG.toFile()).start();
	}

	@AfterEach
	void stop() throws Exception {
		this.applications.close();
		this.process.destroy();
		this.process.waitFor();
	}

	@Test
	void isRegisteredAgainAfterEachRestart() throws IOException {
		// the process, which was started first, hosts the registry until its restart
		await().atMost(LIMIT).until(() -> Files.readString(LOG).contains("Registered "));
		ConfigurableApplicationContext caller = this.applications.caller();
		int port = awaitOtherPort(caller, 0);
		for (int restart = 1; restart <= 2; restart++) {
			Files.writeString(this.classPath.resolve("changed"), "restart " + restart);
			port = awaitOtherPort(caller, port);
			List<String> threads = Applications.client(caller)
				.get()
				.uri("http://restarted/threads")
				.retrieve()
				.body(NAMES);
			assertThat(threads).filteredOn((name) -> name.startsWith("discovery-timer")).hasSize(1);
		}
		assertThat(Files.readString(LOG)).contains("Deregistered ").doesNotContain("Serving for another");
	}

	/**
	 * Waits until the only instance has another port than before.
	 */
	private static int awaitOtherPort(ConfigurableApplicationContext caller, int before) {
		DiscoveryClient client = caller.getBean(DiscoveryClient.class);
		await().atMost(LIMIT).untilAsserted(() -> {
			List<ServiceInstance> instances = client.getInstances("restarted");
			assertThat(instances).hasSize(1).noneMatch((instance) -> instance.getPort() == before);
		});
		return client.getInstances("restarted").get(0).getPort();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Restarted {

		@GetMapping("/threads")
		List<String> threads() {
			return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
		}

		public static void main(String[] arguments) {
			SpringApplication.run(Restarted.class, arguments);
		}

	}

}
