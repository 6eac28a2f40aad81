package dev.cloudmap.discovery.clients.aot;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

import dev.cloudmap.discovery.clients.aot.ProcessedApplication.Running;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The samples and a gateway after Spring's ahead-of-time processing, on the JVM. They are
 * processed once without settings: which registry is used is decided when they run.
 */
@Tag("slow")
class AheadOfTimeIT {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final Pattern OTHERS = Pattern.compile("gateway-server-webmvc|openfeign|feign-");

	private static final HttpClient client = HttpClient.newHttpClient();

	private static final Path directory = Path.of("target/ahead-of-time").toAbsolutePath();

	private static ProcessedApplication worker;

	private static ProcessedApplication backend;

	private static ProcessedApplication gateway;

	private final List<Running> running = new ArrayList<>();

	@BeforeAll
	static void process() throws Exception {
		FileSystemUtils.deleteRecursively(directory);
		Path root = Path.of(System.getProperty("scenario.root", ".."));
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			List<Future<ProcessedApplication>> processed = executor.invokeAll(List.<Callable<ProcessedApplication>>of(
					() -> ProcessedApplication.of(directory.resolve("gateway"), gatewayClassPath(),
							GatewayApplication.class.getName()),
					() -> sample(root, "worker", "dev.cloudmap.sample.worker.WorkerApplication"),
					() -> sample(root, "backend", "dev.cloudmap.sample.backend.BackendApplication")));
			gateway = processed.get(0).get();
			worker = processed.get(1).get();
			backend = processed.get(2).get();
		}
		finally {
			executor.shutdown();
		}
	}

	/**
	 * The class path of the tests without the gateway on Spring MVC, which can only be
	 * processed without refresh scope, and without Feign.
	 */
	private static String gatewayClassPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !OTHERS.matcher(entry).find())
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static ProcessedApplication sample(Path root, String name, String mainClass) throws Exception {
		Path jar = root.resolve("sample-" + name).resolve("target/sample-" + name + ".jar").toAbsolutePath();
		return ProcessedApplication.ofJar(directory.resolve(name), jar, mainClass);
	}

	@AfterEach
	void stop() {
		this.running.forEach(Running::close);
	}

	@Test
	void embeddedRegistry() throws IOException {
		assertCallsSucceed("embedded", "--discovery.embedded.http-port=" + Ports.free(),
				"--discovery.embedded.dns-port=" + Ports.free());
	}

	@Test
	void endpointThatIsSetWhenTheApplicationRuns() throws IOException {
		try (RegistryServer registry = RegistryServer
			.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0))) {
			assertCallsSucceed("cloud-map", "--discovery.cloud-map.endpoint=" + registry.endpoint(),
					"--discovery.cloud-map.region=eu-central-1", "--discovery.cloud-map.create=namespaces",
					"--discovery.lookup.mode=api");
		}
	}

	private void assertCallsSucceed(String registry, String... settings) throws IOException {
		int workerPort = Ports.free();
		int backendPort = Ports.free();
		int gatewayPort = Ports.free();
		start(worker, registry + "-worker", workerPort, settings);
		start(backend, registry + "-backend", backendPort, settings);
		Running gatewayProcess = start(gateway, registry + "-gateway", gatewayPort,
				Stream
					.concat(Stream.of(settings),
							Stream.of("--discovery.namespace=corp", "--spring.application.name=gateway"))
					.toArray(String[]::new));
		awaitAnswer(backendPort, "/", "Hello from the worker");
		awaitAnswer(gatewayPort, "/plain/", "Hello from the worker");
		assertThat(gatewayProcess.output()).doesNotContain(OwnLoadBalancerConfiguration.CHOSEN);
		awaitAnswer(gatewayPort, "/own/", "Hello from the worker");
		assertThat(gatewayProcess.output()).contains(OwnLoadBalancerConfiguration.CHOSEN);
		awaitAnswer(backendPort, "/actuator/health", "\"type\":\"" + registry + "\"");
		for (Running process : this.running) {
			assertThat(process.output()).contains("Starting AOT-processed");
		}
	}

	private Running start(ProcessedApplication application, String name, int port, String... settings)
			throws IOException {
		List<String> arguments = new ArrayList<>(List.of(settings));
		arguments.add("--server.port=" + port);
		arguments.add("--discovery.registration.drain=0s");
		Running started = application.start(name, arguments);
		this.running.add(started);
		return started;
	}

	private void awaitAnswer(int port, String path, String expected) {
		await().atMost(LIMIT).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
			assertThat(this.running).allMatch((process) -> process.process().isAlive());
			assertThat(get(port, path)).contains(expected);
		});
	}

	private static String get(int port, String path) throws IOException, InterruptedException {
		return client
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(LIMIT).build(),
					BodyHandlers.ofString())
			.body();
	}

}
