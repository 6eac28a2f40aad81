package dev.cloudmap.containers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

import dev.cloudmap.containers.fleet.Fleet;
import dev.cloudmap.containers.fleet.Fleet.Sample;
import dev.cloudmap.containers.fleet.FleetSettings;
import dev.cloudmap.containers.fleet.MetadataServer;
import dev.cloudmap.containers.fleet.Node;
import dev.cloudmap.containers.fleet.Programs;
import dev.cloudmap.containers.fleet.RegistryApi.Registered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

/**
 * Tests workers as tasks of Amazon ECS in each network mode. The documents of the task
 * metadata endpoint follow the Amazon ECS Developer Guide, "Task metadata endpoint
 * version 4". The ports follow the format of the ECS agent.
 */
@EnabledIfContainers
class EcsNetworkModesIT {

	/**
	 * The service of tasks that share the address of their host. It has no A records,
	 * because Route 53 accepts only one A record for the address.
	 */
	private static final String ON_HOST = "worker-on-host";

	private static final Map<String, String> SRV_ONLY = Map.of("spring.application.name", ON_HOST,
			"discovery.registration.record-types", "SRV");

	private static final String FARGATE = "158d1c8083dd49d6b527399fd6414f5c";

	private static final String AWSVPC = "2d4e1c8083dd49d6b527399fd6414f01";

	private static final String BRIDGE = "3b4e1c8083dd49d6b527399fd6414f02";

	private static final String HOST = "4c4e1c8083dd49d6b527399fd6414f03";

	@RegisterExtension
	static final Fleet fleet = new Fleet(FleetSettings.likeAws().withWorkers(0));

	private static Node metadata;

	private static Node fargate;

	private static Node awsvpc;

	private static Node bridge;

	/**
	 * Starts the metadata endpoints. The host of the containers represents the EC2
	 * instance.
	 */
	@BeforeAll
	static void start() {
		metadata = fleet.start("metadata", Programs.java(MetadataServer.class));
		put("/latest/meta-data/instance-id", "i-1234567890abcdef0");
		put("/latest/meta-data/local-ipv4", fleet.network().gateway());
		put("/latest/meta-data/placement/availability-zone", "us-west-2d");
		put("/latest/meta-data/placement/region", "us-west-2");
		fargate = fleet.start("fargate", task(FARGATE, Map.of()));
		put(FARGATE, "task-fargate", "container-awsvpc", Map.of("ADDRESS", fargate.address()));
		awsvpc = fleet.start("awsvpc", task(AWSVPC, Map.of()));
		put(AWSVPC, "task-ec2", "container-awsvpc", Map.of("ADDRESS", awsvpc.address()));
		bridge = fleet.start("bridge", task(BRIDGE, SRV_ONLY).withExposedPorts(Node.PORT));
		put(BRIDGE, "task-ec2", "container-bridge",
				Map.of("HOST_PORT", Integer.toString(bridge.container().getMappedPort(Node.PORT))));
		Map<String, String> properties = new HashMap<>(SRV_ONLY);
		// any free port of the host
		properties.put("server.port", "0");
		fleet.start("host", task(HOST, properties).withNetworkMode("host"));
		put(HOST, "task-ec2", "container-host", Map.of());
	}

	@Test
	void awsvpcOnFargate() {
		Registered instance = registered(Fleet.SERVICE, FARGATE);
		assertThat(instance.authority()).isEqualTo(fargate.authority());
		assertThat(instance.attributes())
			.contains(entry("AVAILABILITY_ZONE", "us-west-2a"), entry("REGION", "us-west-2"),
					entry("ECS_CLUSTER_NAME", "default"), entry("ECS_TASK_DEFINITION_FAMILY", "worker"))
			.doesNotContainKey("EC2_INSTANCE_ID");
	}

	@Test
	void awsvpcOnEc2() {
		Registered instance = registered(Fleet.SERVICE, AWSVPC);
		assertThat(instance.authority()).isEqualTo(awsvpc.authority());
		assertOnEc2(instance);
	}

	@Test
	void bridge() {
		Registered instance = registered(ON_HOST, BRIDGE);
		assertThat(instance.authority())
			.isEqualTo(fleet.network().gateway() + ":" + bridge.container().getMappedPort(Node.PORT));
		assertOnEc2(instance);
	}

	@Test
	void host() {
		Registered instance = registered(ON_HOST, HOST);
		assertThat(instance.authority()).startsWith(fleet.network().gateway() + ":");
		assertOnEc2(instance);
	}

	private static void assertOnEc2(Registered instance) {
		assertThat(instance.attributes()).contains(entry("AVAILABILITY_ZONE", "us-west-2d"),
				entry("REGION", "us-west-2"), entry("EC2_INSTANCE_ID", "i-1234567890abcdef0"),
				entry("ECS_CLUSTER_NAME", "default"), entry("ECS_SERVICE_NAME", "workers"),
				entry("ECS_TASK_DEFINITION_FAMILY", "worker"));
	}

	/**
	 * Waits until a task is registered, and calls it at its registered address.
	 */
	private static Registered registered(String service, String task) {
		Registered instance = await("registration of task " + task).atMost(Fleet.START_TIMEOUT)
			.until(() -> fleet.api()
				.instances(Fleet.NAMESPACE, service)
				.stream()
				.filter((registered) -> registered.id().equals(task))
				.toList(), (found) -> !found.isEmpty())
			.get(0);
		assertThat(fleet.client().run("dig", "+short", service + "." + Fleet.NAMESPACE, "SRV"))
			.contains(" " + instance.authority().replaceAll(".*:", "") + " " + task + ".");
		assertThat(fleet.client().run("curl", "-sS", "--max-time", "10", "http://" + instance.authority()))
			.isEqualTo("Hello from the worker (instance " + task + ")");
		return instance;
	}

	private static GenericContainer<?> task(String task, Map<String, String> properties) {
		String endpoint = "http://" + metadata.address() + ":" + MetadataServer.PORT;
		Map<String, String> all = new HashMap<>(properties);
		all.put("discovery.registration.instance-id", "");
		return fleet.sample(Sample.WORKER, task, all)
			.withEnv("ECS_CONTAINER_METADATA_URI_V4", endpoint + "/v4/" + task)
			.withEnv("AWS_EC2_METADATA_DISABLED", "false")
			.withEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)
			// the test provides the documents before the first request for them; failed
			// requests are retried
			.waitingFor(
					Wait.forLogMessage(".*Starting WorkerApplication.*", 1).withStartupTimeout(Fleet.START_TIMEOUT));
	}

	private static void put(String id, String task, String container, Map<String, String> values) {
		String ofContainer = document(container, id, values);
		put("/v4/" + id, ofContainer);
		put("/v4/" + id + "/task", document(task, id, values).replace("${CONTAINER}", ofContainer));
	}

	private static void put(String path, String document) {
		fleet.client()
			.run("curl", "-sS", "--fail", "-X", "PUT", "--data-binary", document,
					"http://" + metadata.address() + ":" + MetadataServer.PORT + path);
	}

	private static String document(String name, String id, Map<String, String> values) {
		try (InputStream input = EcsNetworkModesIT.class.getResourceAsStream("/ecs/" + name + ".json")) {
			String document = new String(input.readAllBytes(), StandardCharsets.UTF_8).replace("${TASK}", id)
				.replace("${GATEWAY}", fleet.network().gateway());
			for (Map.Entry<String, String> value : values.entrySet()) {
				document = document.replace("${" + value.getKey() + "}", value.getValue());
			}
			return document;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
