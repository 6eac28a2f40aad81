package dev.cloudmap.benchmarks.scenario;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.LoadSettings;
import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.benchmarks.scenario.process.ExtraClasses;
import dev.cloudmap.benchmarks.scenario.process.Http;
import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.JavaCommand;
import dev.cloudmap.benchmarks.scenario.process.RegistryProcess;
import dev.cloudmap.benchmarks.scenario.process.ProjectJar;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;
import dev.cloudmap.testsupport.Ports;

/**
 * Backends, workers and their registry.
 */
public final class Fleet implements AutoCloseable {

	/** The service that the backend calls. */
	public static final String WORKER = "worker";

	private static final String BACKEND = "backend";

	private static final String NAMESPACE = "corp";

	private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

	/** The instance id in a worker's answer. */
	private static final Pattern INSTANCE = Pattern.compile("\\(instance ([^)]+)\\)");

	/** The duration of the warm-up load after the start of applications. */
	private static final Duration WARM_UP = Duration.ofSeconds(4);

	/**
	 * The period before now in which requests must be answered normally.
	 */
	private static final Duration RECENT_PERIOD = Duration.ofSeconds(1);

	/** The maximum latency of an application that responds normally. */
	private static final Duration NORMAL_LATENCY = Duration.ofMillis(500);

	private final Path directory;

	private final RegistryAccess access;

	private final List<String> options;

	private final @Nullable InetSocketAddress standaloneDns;

	private final JavaCommand workerCommand;

	private final Path backendJar;

	private final List<Caller> callers;

	private final List<SampleProcess> workers = new ArrayList<>();

	private final Map<String, SampleProcess> backends = new LinkedHashMap<>();

	private final Processes processes = new Processes();

	private @Nullable RegistryProcess registry;

	private int workersStarted;

	private int registriesStarted;

	private Fleet(Path directory, RegistryAccess access, List<String> options,
			@Nullable InetSocketAddress standaloneDns, ExtraClasses workerExtras, List<Caller> callers) {
		this.directory = directory;
		this.access = access;
		this.options = List.copyOf(options);
		this.standaloneDns = standaloneDns;
		Path samples = directory.resolveSibling("samples");
		this.workerCommand = JavaCommand.of(ProjectJar.WORKER, ProjectJar.WORKER.extractOnce(samples), workerExtras);
		this.backendJar = ProjectJar.BACKEND.extractOnce(samples);
		this.callers = List.copyOf(callers);
	}

	/**
	 * Creates a fleet whose first worker hosts the registry. Another worker hosts it
	 * after the first one has ended.
	 * @param directory the directory for log files
	 * @param options properties of all applications, as {@code --name=value}
	 */
	public static Fleet withEmbeddedRegistry(Path directory, List<String> options) {
		return new Fleet(directory, RegistryAccess.embedded(loopback(Ports.free()), Ports.free()), options, null,
				ExtraClasses.NONE, List.of(Caller.withoutRetries(BACKEND)));
	}

	/**
	 * Creates a fleet with the registry in a separate process.
	 * @param directory the directory for log files
	 * @param options properties of all applications, as {@code --name=value}
	 */
	public static Fleet withExternalRegistry(Path directory, List<String> options) {
		return withExternalRegistry(directory, options, ExtraClasses.NONE, List.of(Caller.withoutRetries(BACKEND)));
	}

	/**
	 * Creates a fleet with the registry in a separate process and several backends.
	 * @param directory the directory for log files
	 * @param options properties of all applications, as {@code --name=value}
	 * @param workerExtras additional classes of the workers
	 * @param callers the backends
	 */
	public static Fleet withExternalRegistry(Path directory, List<String> options, ExtraClasses workerExtras,
			List<Caller> callers) {
		InetSocketAddress dns = InetSocketAddress.createUnresolved("127.0.0.1", Ports.free());
		return new Fleet(directory, RegistryAccess.external(loopback(Ports.free()), dns.getPort()), options, dns,
				workerExtras, callers);
	}

	private static URI loopback(int port) {
		return URI.create("http://127.0.0.1:" + port);
	}

	/**
	 * Starts all processes, waits until the backends list all workers, and applies a
	 * warm-up load.
	 * @param workers the number of workers
	 */
	public void start(int workers) {
		if (this.standaloneDns != null) {
			startRegistry();
		}
		startWorker();
		// this worker hosts the registry if there is none
		await("the registry to answer", () -> !Http.get(this.access.endpoint().resolve("/")).isEmpty());
		while (workers().size() < workers) {
			startWorker();
		}
		for (Caller caller : this.callers) {
			this.backends.put(caller.name(), startSample(BACKEND, caller.name(),
					JavaCommand.of(ProjectJar.BACKEND, this.backendJar, caller.extraClasses()), caller.options()));
		}
		this.backends.values().forEach(SampleProcess::awaitStarted);
		settle(workers);
		// one after the other, because cold applications would slow down each other's
		// warm-up
		this.callers.forEach((caller) -> awaitNormalResponses(caller, WARM_UP));
	}

	private void awaitNormalResponses(Caller caller, Duration atLeast) {
		try (Load load = Load.start(load(caller))) {
			await(caller.name() + " to be answered by " + workerIds(),
					() -> load.now().compareTo(atLeast) >= 0 && respondsNormally(load));
		}
	}

	/**
	 * Returns whether all running workers have answered the latest requests of a load, in
	 * the usual time.
	 * @param load the load
	 */
	public boolean respondsNormally(Load load) {
		Requests latest = load.requests().endedAfter(load.now().minus(RECENT_PERIOD));
		return latest.instances().equals(workerIds()) && latest.failed().count() == 0
				&& latest.latency(1).compareTo(NORMAL_LATENCY) < 0;
	}

	/**
	 * Starts missing workers, and waits until all sources list the same workers. The
	 * result does not depend on previous scenarios.
	 * @param atLeast the minimum number of workers
	 */
	public void settle(int atLeast) {
		while (workers().size() < atLeast) {
			startWorker();
		}
		workers().forEach(SampleProcess::awaitStarted);
		await("all sources to list " + workerIds(), this::allSourcesListRunningWorkers);
	}

	/**
	 * Like {@link #settle(int)}, and also waits until all workers answer a caller. The
	 * caller may keep stale workers and avoid others for longer than the sources show.
	 * @param atLeast the minimum number of workers
	 * @param caller the caller
	 */
	public void settle(int atLeast, Caller caller) {
		settle(atLeast);
		awaitNormalResponses(caller, RECENT_PERIOD);
	}

	/**
	 * Starts another worker without waiting until it is ready.
	 */
	public SampleProcess startWorker() {
		SampleProcess worker = startSample(WORKER, WORKER + "-" + ++this.workersStarted, this.workerCommand, List.of());
		this.workers.add(worker);
		return worker;
	}

	private SampleProcess startSample(String service, String name, JavaCommand command, List<String> options) {
		SampleProcess sample = new SampleProcess(service, name, this.directory, command, this.access.environment(),
				concat(concat(this.access.options(), this.options), options));
		this.processes.add(sample);
		return sample;
	}

	private static List<String> concat(List<String> first, List<String> second) {
		List<String> joined = new ArrayList<>(first);
		joined.addAll(second);
		return joined;
	}

	/**
	 * Returns the running workers, in the order of their start.
	 */
	public List<SampleProcess> workers() {
		return this.workers.stream().filter(JvmProcess::isAlive).toList();
	}

	/**
	 * Returns the first backend.
	 */
	public SampleProcess backend() {
		return backend(this.callers.get(0));
	}

	/**
	 * Returns the backend of one of this fleet's callers.
	 * @param caller the caller
	 */
	public SampleProcess backend(Caller caller) {
		return require(this.backends.get(caller.name()), "backend " + caller.name());
	}

	/**
	 * Starts an empty registry on the same ports as before, and waits until it is ready.
	 */
	public void startRegistry() {
		RegistryProcess registry = new RegistryProcess("registry-" + ++this.registriesStarted, this.directory,
				this.access.endpoint(), require(this.standaloneDns, "registry of its own"));
		this.registry = registry;
		this.processes.add(registry);
		registry.awaitReady();
	}

	/**
	 * Returns the registry's process.
	 */
	public RegistryProcess registry() {
		return require(this.registry, "registry of its own");
	}

	private static <T> T require(@Nullable T what, String name) {
		if (what == null) {
			throw new IllegalStateException("This fleet has no " + name);
		}
		return what;
	}

	/**
	 * Returns a scenario under the load of this fleet: requests to the backend, which
	 * calls a worker for each request.
	 * @param name the name of the scenario
	 */
	public Scenario scenario(String name) {
		return scenario(name, this.callers.get(0));
	}

	/**
	 * Returns a scenario under the load of one of this fleet's callers.
	 * @param name the name of the scenario
	 * @param caller the caller
	 */
	public Scenario scenario(String name, Caller caller) {
		return new Scenario(name, load(caller));
	}

	private LoadSettings load(Caller caller) {
		return load(backend(caller).uri("/"), caller.perSecond());
	}

	/**
	 * Returns a load on an application that answers with the answer of a worker.
	 * @param application the URI of the application
	 * @param perSecond the number of requests per second
	 */
	public static LoadSettings load(URI application, int perSecond) {
		return new LoadSettings(application, perSecond, REQUEST_TIMEOUT, INSTANCE);
	}

	/**
	 * Returns the number of requests of a caller that the running workers have received.
	 * The workers must count requests.
	 */
	public long receivedRequests(Caller caller) {
		return workers().stream().mapToLong((worker) -> RequestCounts.of(worker).getOrDefault(caller.name(), 0L)).sum();
	}

	/**
	 * Returns the queries for the listed workers, by the display name of the source.
	 */
	public Map<String, InstanceQuery> queries() {
		Map<String, InstanceQuery> queries = new LinkedHashMap<>();
		queries.put("the registry", InstanceQuery.api(this.access.endpoint(), NAMESPACE));
		queries.put("DNS", InstanceQuery.dns(this.access.endpoint(), NAMESPACE));
		this.backends
			.forEach((name, backend) -> queries.put("the " + name, InstanceQuery.application(backend.uri("/workers"))));
		return queries;
	}

	/**
	 * Returns the configuration for access to the registry.
	 */
	RegistryAccess access() {
		return this.access;
	}

	/**
	 * Returns the workers that each source of {@link #queries()} lists.
	 */
	public Map<String, Set<String>> queriedInstances() {
		Map<String, Set<String>> instances = new LinkedHashMap<>();
		queries().forEach((source, query) -> instances.put(source, query.instances(WORKER)));
		return instances;
	}

	/**
	 * Returns whether each source of {@link #queries()} lists exactly the running
	 * workers.
	 */
	public boolean allSourcesListRunningWorkers() {
		return queriedInstances().values().stream().allMatch(workerIds()::equals);
	}

	/**
	 * Returns whether all running applications are registered, including the backend.
	 */
	public boolean areApplicationsRegistered() {
		InstanceQuery registry = InstanceQuery.api(this.access.endpoint(), NAMESPACE);
		return registry.instances(WORKER).equals(workerIds())
				&& registry.instances(BACKEND).equals(this.backends.keySet());
	}

	private Set<String> workerIds() {
		return workers().stream().map(JvmProcess::name).collect(Collectors.toSet());
	}

	public static void await(String what, BooleanSupplier condition) {
		Awaitility.await(what)
			.atMost(JvmProcess.TIMEOUT)
			.pollDelay(Duration.ZERO)
			.pollInterval(JvmProcess.POLL_INTERVAL)
			.ignoreException(UncheckedIOException.class)
			.until(condition::getAsBoolean);
	}

	/**
	 * Returns all processes of this fleet.
	 */
	public Processes processes() {
		return this.processes;
	}

	/**
	 * Kills all processes.
	 */
	@Override
	public void close() {
		this.processes.close();
	}

}
