package dev.cloudmap.containers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.Volume;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;

import dev.cloudmap.containers.fleet.Images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests the images: user, health check, SIGTERM, volume and host names.
 */
@EnabledIfContainers
class ImagesIT {

	private static final Duration START_TIMEOUT = Duration.ofMinutes(4);

	/** The time in which a sample deregisters, drains and completes requests. */
	private static final Duration GRACE_PERIOD = Duration.ofSeconds(60);

	private static final String USER = "10001:10001";

	private final Network network = Network.newNetwork();

	private final String volume = "discovery-images-" + UUID.randomUUID();

	private final GenericContainer<?> registry = registry();

	private final GenericContainer<?> worker = sample(Images.worker());

	private final GenericContainer<?> backend = sample(Images.backend());

	@AfterEach
	void stop() {
		this.backend.stop();
		this.worker.stop();
		this.registry.stop();
		this.network.close();
		docker().listVolumesCmd()
			.exec()
			.getVolumes()
			.stream()
			.filter((found) -> found.getName().equals(this.volume))
			.forEach((found) -> docker().removeVolumeCmd(found.getName()).exec());
	}

	private GenericContainer<?> registry() {
		return new GenericContainer<>(Images.registry()).withNetwork(this.network)
			.withNetworkAliases("registry", "data-registry", "other")
			.withCreateContainerCmdModifier((command) -> command.withHostName("own-name")
				.getHostConfig()
				.withBinds(new Bind(this.volume, new Volume("/data"))))
			.withExposedPorts(8054)
			.waitingFor(Wait.forLogMessage("ready http=\\[::]:8054 dns=\\[::]:8053\\s*", 1))
			.withStartupTimeout(START_TIMEOUT);
	}

	private GenericContainer<?> sample(Future<String> image) {
		return new GenericContainer<>(image).withNetwork(this.network)
			.withEnv(Map.of("DISCOVERY_CLOUD_MAP_ENDPOINT", "http://registry:8054", "DISCOVERY_CLOUD_MAP_CREATE",
					"namespaces", "DISCOVERY_CLOUD_MAP_VPC", "vpc-any", "AWS_REGION", "eu-west-1", "AWS_ACCESS_KEY_ID",
					"any", "AWS_SECRET_ACCESS_KEY", "any"))
			.withExposedPorts(8080)
			.waitingFor(Wait.forLogMessage(".* Started \\w+Application in .*", 1))
			.withStartupTimeout(START_TIMEOUT);
	}

	@Test
	void theRegistryKeepsItsDataAfterSigkillAndStopsOnSigterm() throws Exception {
		this.registry.start();
		assertThat(config(this.registry).getUser()).isEqualTo(USER);
		awaitHealthy(this.registry);
		call("CreateHttpNamespace", "{\"Name\":\"kept\"}");
		await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(call("ListNamespaces", "{}")).contains("\"kept\""));
		docker().killContainerCmd(this.registry.getContainerId()).withSignal("SIGKILL").exec();
		assertThat(exitStatus(this.registry)).isEqualTo(137);
		this.registry.stop();
		this.registry.start();
		assertThat(call("ListNamespaces", "{}")).contains("\"kept\"");
		docker().killContainerCmd(this.registry.getContainerId()).withSignal("SIGTERM").exec();
		assertThat(exitStatus(this.registry)).isIn(0L, 143L);
	}

	@Test
	void theSamplesBecomeHealthyAndStopOnSigterm() throws Exception {
		this.registry.start();
		for (GenericContainer<?> sample : List.of(this.worker, this.backend)) {
			sample.start();
			assertThat(config(sample).getUser()).isEqualTo(USER);
			awaitHealthy(sample);
			docker().killContainerCmd(sample.getContainerId()).withSignal("SIGTERM").exec();
			assertThat(exitStatus(sample)).isIn(0L, 143L);
		}
	}

	@Test
	void theRegistryAcceptsOnlyItsHostNameAndItsAliases() throws Exception {
		this.registry.start();
		awaitStatus("http://registry:8054/", "200");
		awaitStatus("http://data-registry:8054/", "200");
		awaitStatus("http://own-name:8054/", "200");
		awaitStatus("http://other:8054/", "403");
	}

	private void awaitStatus(String url, String status) {
		await().atMost(Duration.ofMinutes(1))
			.untilAsserted(() -> assertThat(check(url).getStdout()).isEqualTo(url + ": " + status + "\n"));
	}

	private ExecResult check(String url) throws Exception {
		return this.registry.execInContainer("java", "-cp", "/app/discovery-registry.jar",
				"dev.cloudmap.registry.HealthCheckCommand", url);
	}

	/**
	 * Runs the image's health check, because not every engine runs it automatically.
	 */
	private static void awaitHealthy(GenericContainer<?> container) {
		List<String> test = config(container).getHealthcheck().getTest();
		assertThat(test).first().isEqualTo("CMD");
		String[] command = test.subList(1, test.size()).toArray(String[]::new);
		await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
			ExecResult result = container.execInContainer(command);
			assertThat(result.getExitCode()).as(result.getStdout() + result.getStderr()).isZero();
		});
	}

	private String call(String operation, String body) throws IOException, InterruptedException {
		URI endpoint = URI.create("http://" + this.registry.getHost() + ":" + this.registry.getMappedPort(8054) + "/");
		HttpRequest request = HttpRequest.newBuilder(endpoint)
			.header("X-Amz-Target", "Route53AutoNaming_v20170314." + operation)
			.header("Content-Type", "application/x-amz-json-1.1")
			.POST(BodyPublishers.ofString(body))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
	}

	private static long exitStatus(GenericContainer<?> container) {
		ContainerState state = await().atMost(GRACE_PERIOD)
			.until(() -> docker().inspectContainerCmd(container.getContainerId()).exec().getState(),
					(found) -> Boolean.FALSE.equals(found.getRunning()));
		return state.getExitCodeLong();
	}

	private static ContainerConfig config(GenericContainer<?> container) {
		return docker().inspectContainerCmd(container.getContainerId()).exec().getConfig();
	}

	private static DockerClient docker() {
		return DockerClientFactory.lazyClient();
	}

}
