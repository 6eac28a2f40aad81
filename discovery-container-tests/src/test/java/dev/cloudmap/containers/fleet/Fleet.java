package dev.cloudmap.containers.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.LoadSettings;
import dev.cloudmap.benchmarks.scenario.load.Requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs a registry, workers, a backend that calls the workers, and a non-Java client for
 * the duration of a test class, each in a container with its own address. The message of
 * a failed test contains the last lines of every log.
 */
public final class Fleet implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler {

	public static final String NAMESPACE = "corp";

	public static final String SERVICE = "worker";

	/** The maximum time until all containers observe a change, on a slow machine. */
	public static final Duration PROPAGATION_TIMEOUT = Duration.ofSeconds(20);

	public static final int API_PORT = 8054;

	public static final int DNS_PORT = 53;

	/**
	 * The fixed link address of the registry. Other containers cache it for the IP
	 * address, which a replaced registry keeps.
	 */
	private static final String REGISTRY_LINK = "02:42:0a:00:00:c8";

	public static final Duration START_TIMEOUT = Duration.ofMinutes(4);

	private static final int CALLS_PER_SECOND = 20;

	/**
	 * The timeout of calls. It exceeds the duration of every fault, so that a call does
	 * not fail if it waits for the end of a fault.
	 */
	private static final Duration CALL_TIMEOUT = Duration.ofSeconds(50);

	private static final Duration NORMAL_LATENCY = Duration.ofSeconds(1);

	/** The address that the backend called. */
	private static final Pattern CALLED = Pattern.compile("From: (\\S+)");

	private final FleetSettings settings;

	private final List<Node> nodes = new ArrayList<>();

	private FleetNetwork network;

	private String volume;

	private Node registry;

	private Node client;

	private Node backend;

	private final List<Node> workers = new ArrayList<>();

	public Fleet(FleetSettings settings) {
		this.settings = settings;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		try {
			start();
		}
		catch (TestAbortedException ex) {
			throw ex;
		}
		catch (RuntimeException | AssertionError ex) {
			throw withLogs(ex);
		}
	}

	private void start() {
		this.network = FleetNetwork.create(this.settings.ipVersion());
		this.volume = this.network.network().getId() + "-data";
		this.client = start("client", Programs.tools());
		// an engine with its own resolver may ignore a DNS server in the container's
		// configuration
		this.client.run("sh", "-c", "echo nameserver " + this.network.registryAddress() + " > /etc/resolv.conf");
		this.registry = startRegistry();
		if (this.settings.workers() > 0) {
			List<Node> workers = IntStream.rangeClosed(1, this.settings.workers())
				.mapToObj((number) -> prepare("worker-" + number, sample(Sample.WORKER, "worker-" + number, Map.of())))
				.toList();
			this.backend = prepare("backend", expose(sample(Sample.BACKEND, "backend", Map.of()), Node.PORT));
			List<GenericContainer<?>> containers = new ArrayList<>(workers.stream().map(Node::container).toList());
			containers.add(this.backend.container());
			Startables.deepStart(containers).join();
			this.workers.addAll(workers);
			awaitRegistered(this.workers);
			if (this.settings.ipVersion() == FleetSettings.IpVersion.IPV4) {
				warmUp(this.backend);
			}
		}
	}

	/**
	 * Calls a backend until its answers are fast. They are slow during class loading.
	 */
	public void warmUp(Node backend) {
		try (Load load = load(backend)) {
			await("fast answers of " + backend).atMost(START_TIMEOUT).until(() -> {
				Requests last = load.requests()
					.scheduledBetween(load.now().minusSeconds(3), load.now().minusSeconds(1));
				return last.count() > CALLS_PER_SECOND && last.failed().count() == 0
						&& last.latency(0.95).compareTo(NORMAL_LATENCY) < 0;
			});
		}
	}

	@Override
	public void afterAll(ExtensionContext context) {
		for (int i = this.nodes.size() - 1; i >= 0; i--) {
			this.nodes.get(i).container().stop();
		}
		if (this.registry != null) {
			Node.engine().removeVolumeCmd(this.volume).exec();
		}
		if (this.network != null) {
			this.network.close();
		}
	}

	@Override
	public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
		if (failure instanceof TestAbortedException) {
			throw failure;
		}
		throw withLogs(failure);
	}

	private AssertionError withLogs(Throwable failure) {
		String logs = this.nodes.stream()
			.map((node) -> "--- last lines of " + node + ":\n" + node.lastLines())
			.collect(Collectors.joining("\n"));
		return new AssertionError(failure.getMessage() + "\n" + logs, failure);
	}

	public Node registry() {
		return this.registry;
	}

	/**
	 * Returns a container without Java that uses the registry as its DNS server.
	 */
	public Node client() {
		return this.client;
	}

	public Node backend() {
		return this.backend;
	}

	public List<Node> workers() {
		return List.copyOf(this.workers);
	}

	public List<Node> workersExcept(Node worker) {
		return this.workers.stream().filter((other) -> other != worker).toList();
	}

	public FleetNetwork network() {
		return this.network;
	}

	public RegistryApi api() {
		return new RegistryApi(this.client, endpoint());
	}

	private String endpoint() {
		return "http://" + this.network.registryHost() + ":" + API_PORT;
	}

	/**
	 * Starts calls to the backend at a steady rate. The backend calls a worker for each
	 * call.
	 */
	public Load load() {
		return load(this.backend);
	}

	public Load load(Node backend) {
		return Load.start(new LoadSettings(backend.hostUri("/", Node.PORT), CALLS_PER_SECOND, CALL_TIMEOUT, CALLED));
	}

	/**
	 * Waits until each of the workers has answered a call made after this method started.
	 */
	public void awaitAnswersFrom(Load load, Collection<Node> workers) {
		awaitAnswersFrom(load, workers, PROPAGATION_TIMEOUT);
	}

	/**
	 * Waits until a worker that has just started answers its first call.
	 */
	public void awaitFirstAnswer(Load load, Node worker) {
		awaitAnswersFrom(load, List.of(worker), START_TIMEOUT);
	}

	private void awaitAnswersFrom(Load load, Collection<Node> workers, Duration timeout) {
		Duration from = load.now();
		await("answers of " + workers).atMost(timeout)
			.until(() -> load.requests().scheduledBetween(from, load.now()).instances(),
					(called) -> called.containsAll(workers.stream().map(Node::authority).toList()));
	}

	/**
	 * Waits until these workers, and no others, have answered the calls of the last
	 * seconds.
	 */
	public void awaitAnswersOnlyFrom(Load load, Collection<Node> workers) {
		Set<String> expected = workers.stream().map(Node::authority).collect(Collectors.toSet());
		Duration from = load.now();
		await("answers of " + workers + " only").atMost(PROPAGATION_TIMEOUT).until(() -> {
			Duration until = load.now().minusSeconds(1);
			Requests last = load.requests().scheduledBetween(until.minusSeconds(2), until);
			return until.minusSeconds(2).compareTo(from) > 0 && last.count() >= CALLS_PER_SECOND
					&& last.instances().equals(expected);
		});
	}

	/**
	 * Waits for a duration while the load continues.
	 */
	public void keepLoad(Load load, Duration time) {
		Duration until = load.now().plus(time);
		await().atMost(time.plus(PROPAGATION_TIMEOUT)).until(() -> load.now().compareTo(until) >= 0);
	}

	/**
	 * Waits until the healthy instances in the registry are exactly these workers.
	 */
	public void awaitRegistered(Collection<Node> workers) {
		List<String> names = workers.stream().map(Node::name).toList();
		await("registration of " + names).atMost(PROPAGATION_TIMEOUT)
			.untilAsserted(
					() -> assertThat(api().healthy(NAMESPACE, SERVICE)).containsExactlyInAnyOrderElementsOf(names));
	}

	/**
	 * Starts another worker, and waits until it is ready.
	 */
	public Node startWorker() {
		String name = "worker-" + (this.workers.size() + 1);
		Node worker = start(name, sample(Sample.WORKER, name, Map.of()));
		this.workers.add(worker);
		return worker;
	}

	/**
	 * Terminates a worker as an orchestrator does.
	 */
	public void terminate(Node worker) {
		worker.terminate();
		this.workers.remove(worker);
	}

	/**
	 * Starts a sample with additional properties, and waits until it is ready.
	 */
	public Node startSample(Sample sample, String name, Map<String, String> properties) {
		return start(name, expose(sample(sample, name, properties), Node.PORT));
	}

	/**
	 * Kills the registry, and starts another container with the same address and volume.
	 * @param whileStopped runs between the end of the first container and the start of
	 * the second
	 */
	public void replaceRegistry(Runnable whileStopped) {
		this.registry.kill();
		whileStopped.run();
		this.registry.container().stop();
		this.nodes.remove(this.registry);
		this.registry = startRegistry();
	}

	/**
	 * Deletes the data of a killed registry.
	 */
	public void deleteRegistryVolume() {
		this.registry.container().stop();
		Node.engine().removeVolumeCmd(this.volume).exec();
	}

	private Node startRegistry() {
		List<String> arguments = new ArrayList<>(
				List.of("--dns-port=" + DNS_PORT, "--bind=" + this.network.anyAddress()));
		arguments.addAll(this.settings.registryOptions());
		GenericContainer<?> container = new GenericContainer<>(Images.registry())
			.withCommand(arguments.toArray(String[]::new))
			.waitingFor(Wait.forLogMessage(".*ready http=.*", 1).withStartupTimeout(START_TIMEOUT))
			.withCreateContainerCmdModifier((command) -> {
				command.getHostConfig()
					.withBinds(new Bind(this.volume, new Volume("/data")))
					.withSysctls(Map.of("net.ipv4.ip_unprivileged_port_start", "0"));
				this.network.assignRegistryAddress(command);
			});
		Node node = start("registry", expose(container, API_PORT));
		try (NetworkFaults network = new NetworkFaults()) {
			network.setLinkAddress(node, REGISTRY_LINK);
		}
		return node;
	}

	/**
	 * Returns a container for a sample. The container is not started.
	 * @param sample the sample
	 * @param name the name of the container and the instance id
	 * @param properties additional properties; an empty value removes a property of the
	 * fleet
	 */
	public GenericContainer<?> sample(Sample sample, String name, Map<String, String> properties) {
		Map<String, String> all = new LinkedHashMap<>(
				Map.of("spring.main.banner-mode", "off", "discovery.cloud-map.endpoint", endpoint(),
						"discovery.cloud-map.region", "us-east-1", "discovery.cloud-map.create", "namespaces",
						"discovery.cloud-map.vpc", "vpc-any", "discovery.lookup.dns.servers",
						this.network.registryHost() + ":" + DNS_PORT, "discovery.lookup.refresh", "1s",
						"discovery.registration.ttl", "1s", "discovery.registration.instance-id", name));
		all.putAll(this.settings.properties());
		all.putAll(properties);
		all.values().removeIf(String::isEmpty);
		String json = all.entrySet()
			.stream()
			.map((property) -> "\"%s\":\"%s\"".formatted(property.getKey(), property.getValue()))
			.collect(Collectors.joining(",", "{", "}"));
		return new GenericContainer<>((sample == Sample.WORKER) ? Images.worker() : Images.backend())
			.withEnv(Map.of("SPRING_APPLICATION_JSON", json, "AWS_ACCESS_KEY_ID", "any", "AWS_SECRET_ACCESS_KEY", "any",
					"AWS_EC2_METADATA_DISABLED", "true", "JAVA_TOOL_OPTIONS",
					"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx192m"))
			.waitingFor(Wait.forLogMessage(".*Started \\w+Application in .*", 1).withStartupTimeout(START_TIMEOUT));
	}

	private GenericContainer<?> expose(GenericContainer<?> container, int port) {
		// engines map IPv4 ports of the host to IPv4 addresses of containers only
		return (this.settings.ipVersion() == FleetSettings.IpVersion.IPV4) ? container.withExposedPorts(port)
				: container;
	}

	/**
	 * Starts a container in the fleet's network.
	 */
	public Node start(String name, GenericContainer<?> container) {
		Node node = prepare(name, container);
		container.start();
		return node;
	}

	private Node prepare(String name, GenericContainer<?> container) {
		if (container.getNetworkMode() == null) {
			container.withNetwork(this.network.network());
		}
		Node node = new Node(name, container);
		this.nodes.add(node);
		return node;
	}

	/**
	 * The sample applications.
	 */
	public enum Sample {

		WORKER, BACKEND

	}

}
