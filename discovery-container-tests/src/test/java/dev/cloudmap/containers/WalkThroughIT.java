package dev.cloudmap.containers;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.containers.fleet.Fleet;
import dev.cloudmap.containers.fleet.Fleet.Sample;
import dev.cloudmap.containers.fleet.FleetSettings;
import dev.cloudmap.containers.fleet.Node;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests service discovery between programs that each have their own address.
 */
@EnabledIfContainers
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WalkThroughIT {

	@RegisterExtension
	static final Fleet fleet = new Fleet(FleetSettings.defaults());

	@Test
	@Order(1)
	void theBackendFindsEachWorkerThroughDns() {
		List<String> addresses = authorities(fleet.workers());
		assertThat(addresses).doesNotHaveDuplicates();
		try (Load load = fleet.load()) {
			fleet.awaitAnswersFrom(load, fleet.workers());
			Requests requests = load.stop();
			assertThat(requests.failed().all()).isEmpty();
			assertThat(requests.instances()).containsExactlyInAnyOrderElementsOf(addresses);
		}
		for (int call = 0; call < 3; call++) {
			List<String> lines = curl(fleet.backend().authority()).lines().toList();
			String id = lines.get(0).replaceAll(".*\\(instance (.*)\\)", "$1");
			String address = lines.get(1).replaceFirst("From: ", "");
			assertThat(fleet.workers()).filteredOn((worker) -> worker.name().equals(id))
				.singleElement()
				.satisfies((worker) -> assertThat(worker.authority()).isEqualTo(address));
		}
		String source = JsonPath.read(curl(fleet.backend().authority() + "/actuator/health"),
				"$.components.discovery.details.services['worker.corp'].source");
		assertThat(source).isEqualTo("dns");
	}

	@Test
	@Order(2)
	void otherDnsClientsFindTheSameInstances() {
		List<String> foundByJava = JsonPath.read(curl(fleet.backend().authority() + "/workers"), "$[*].uri");
		assertThat(foundByJava).containsExactlyInAnyOrderElementsOf(
				authorities(fleet.workers()).stream().map((authority) -> "http://" + authority).toList());
		assertThat(dig("worker.corp", "A"))
			.containsExactlyInAnyOrderElementsOf(fleet.workers().stream().map(Node::address).toList());
		assertThat(dig("worker.corp", "SRV")).containsExactlyInAnyOrderElementsOf(fleet.workers()
			.stream()
			.map((worker) -> "1 1 " + Node.PORT + " " + worker.name() + ".worker.corp.")
			.toList());
		Node worker = fleet.workers().get(0);
		assertThat(dig(worker.name() + ".worker.corp", "A")).containsExactly(worker.address());
		assertThat(curl("worker.corp:" + Node.PORT)).startsWith("Hello from the worker");
		assertThat(curl("backend.corp:" + Node.PORT)).contains("From: ");
	}

	@Test
	@Order(3)
	void theAwsCliFindsTheSameInstances() throws Exception {
		URI endpoint = fleet.registry().hostUri("", Fleet.API_PORT);
		String answer = aws("--endpoint-url", endpoint.toString(), "servicediscovery", "discover-instances",
				"--namespace-name", Fleet.NAMESPACE, "--service-name", Fleet.SERVICE, "--output", "json");
		List<String> addresses = JsonPath.read(answer, "$.Instances[*].Attributes.AWS_INSTANCE_IPV4");
		assertThat(addresses).containsExactlyInAnyOrderElementsOf(fleet.workers().stream().map(Node::address).toList());
	}

	@Test
	@Order(4)
	void noCallFailsWhenWorkersStartAndStop() {
		Node terminated = fleet.workers().get(0);
		try (Load load = fleet.load()) {
			Node started = fleet.startWorker();
			fleet.awaitFirstAnswer(load, started);
			fleet.terminate(terminated);
			assertThat(fleet.workers()).hasSize(3).contains(started).doesNotContain(terminated);
			fleet.awaitAnswersOnlyFrom(load, fleet.workers());
			assertThat(load.stop().failed().all()).isEmpty();
		}
		fleet.awaitRegistered(fleet.workers());
	}

	@Test
	@Order(5)
	void namespacesSeparateServicesOfTheSameName() {
		Node partner = fleet.startSample(Sample.WORKER, "partner-worker", Map.of("discovery.namespace", "partner"));
		Node backend = fleet.startSample(Sample.BACKEND, "partner-backend",
				Map.of("discovery.aliases.worker", "worker.partner"));
		fleet.warmUp(backend);
		try (Load partnerLoad = fleet.load(backend); Load corpLoad = fleet.load()) {
			fleet.awaitAnswersFrom(partnerLoad, List.of(partner));
			fleet.awaitAnswersFrom(corpLoad, fleet.workers());
			assertThat(partnerLoad.stop().instances()).containsExactly(partner.authority());
			assertThat(corpLoad.stop().instances()).containsExactlyInAnyOrderElementsOf(authorities(fleet.workers()));
			assertThat(partnerLoad.requests().failed().all()).isEmpty();
			assertThat(corpLoad.requests().failed().all()).isEmpty();
		}
		assertThat(dig("worker.partner", "A")).containsExactly(partner.address());
		assertThat(dig("worker.corp", "A")).doesNotContain(partner.address()).hasSize(3);
		assertThat(curl("worker.partner:" + Node.PORT)).contains("instance partner-worker");
	}

	private static List<String> authorities(List<Node> nodes) {
		return nodes.stream().map(Node::authority).toList();
	}

	private static String curl(String target) {
		return fleet.client().run("curl", "-sS", "--fail", "--max-time", "10", "http://" + target);
	}

	private static List<String> dig(String name, String type) {
		return fleet.client().run("dig", "+short", name, type).lines().toList();
	}

	private static String aws(String... arguments) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder("aws").redirectErrorStream(true);
		builder.command().addAll(Arrays.asList(arguments));
		builder.environment()
			.putAll(Map.of("AWS_DISABLE_HOST_PREFIX_INJECTION", "true", "AWS_ACCESS_KEY_ID", "any",
					"AWS_SECRET_ACCESS_KEY", "any", "AWS_DEFAULT_REGION", "us-east-1"));
		Process process = null;
		try {
			process = builder.start();
		}
		catch (IOException ex) {
			Assumptions.abort("The AWS CLI is not installed: " + ex.getMessage());
		}
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(process.exitValue()).as(output).isZero();
		return output;
	}

}
