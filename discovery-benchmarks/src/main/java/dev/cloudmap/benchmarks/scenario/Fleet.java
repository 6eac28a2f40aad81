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
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.benchmarks.scenario.load.Load;
import dev.cloudmap.benchmarks.scenario.load.LoadSettings;
import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.benchmarks.scenario.process.Addition;
import dev.cloudmap.benchmarks.scenario.process.Http;
import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.Program;
import dev.cloudmap.benchmarks.scenario.process.RegistryProcess;
import dev.cloudmap.benchmarks.scenario.process.SampleJar;
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
	 * The period of recent requests that determines whether applications respond
	 * normally.
	 */
	private static final Duration LATELY = Duration.ofSeconds(1);

	/** The maximum latency of recent requests if applications respond normally. */
	private static final Duration WELL = Duration.ofMillis(500);

	/** The timeout for thread dumps. */
	private static final Duration THREAD_DUMP = Duration.ofSeconds(5);

	private static final String END_OF_THREAD_DUMP = "JNI global refs";

	private final Path directory;

	private final RegistryAccess access;

	private final List<String> options;

	private final @Nullable InetSocketAddress standaloneDns;

	private final Program workerProgram;

	private final Path backendJar;

	private final List<Caller> callers;

	private final List<SampleProcess> workers = new ArrayList<>();

	private final Map<String, SampleProcess> backends = new LinkedHashMap<>();

	private final List<JvmProcess> all = new ArrayList<>();

	private @Nullable RegistryProcess registry;

	private int workersStarted;

	private int registriesStarted;

	private Fleet(Path directory, RegistryAccess access, List<String> options,
			@Nullable InetSocketAddress standaloneDns, Addition toWorkers, List<Caller> callers) {
		this.directory = directory;
		this.access = access;
		this.options = List.copyOf(options);
		this.standaloneDns = standaloneDns;
		this.workerProgram = Program.of(SampleJar.WORKER, SampleJar.WORKER.extractTo(directory), toWorkers);
		this.backendJar = SampleJar.BACKEND.extractTo(directory);
		this.callers = List.copyOf(callers);
	}

	/**
	 * Creates a fleet whose first worker hosts the registry. Another worker hosts it
	 * after the first one has ended.
	 * @param directory the directory for log files
	 * @param options properties of all applications, as {@code --name=value}
	 */
	public static Fleet hostingItsRegistry(Path directory, List<String> options) {
		return new Fleet(directory, RegistryAccess.hostOrJoin(loopback(Ports.free()), Ports.free()), options, null,
				Addition.NONE, List.of(Caller.tryingNothingAgain(BACKEND)));
	}

	/**
	 * Creates a fleet with the registry in a separate process.
	 * @param directory the directory for log files
	 * @param options properties of all applications, as {@code --name=value}
	 */
	public static Fleet besideItsRegistry(Path directory, List<String> options) {
		return besideItsRegistry(directory, options, Addition.NONE, List.of(Caller.tryingNothingAgain(BACKEND)));
	}

	/**
	 * Creates a fleet with the registry in a separate process and several backends.
	 * @param directory the directory for log files
	 * @param options properties of all applications, as {@code --name=value}
	 * @param toWorkers additional classes of the workers
	 * @param callers the backends; at least one
	 */
	public static Fleet besideItsRegistry(Path directory, List<String> options, Addition toWorkers,
			List<Caller> callers) {
		InetSocketAddress dns = InetSocketAddress.createUnresolved("127.0.0.1", Ports.free());
		return new Fleet(directory, RegistryAccess.elsewhere(loopback(Ports.free()), dns.getPort()), options, dns,
				toWorkers, callers);
	}

	private static URI loopback(int port) {
		return URI.create("http://127.0.0.1:" + port);
	}

	/**
	 * Starts all processes, waits until the backend has found all workers, and applies a
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
			this.backends.put(caller.name(), sample(BACKEND, caller.name(),
					Program.of(SampleJar.BACKEND, this.backendJar, caller.addition()), caller.options()));
		}
		this.backends.values().forEach(SampleProcess::awaitStarted);
		settle(workers);
		// one after the other, because cold applications would slow down each other's
		// warm-up
		this.callers.forEach((caller) -> awaitWell(caller, WARM_UP));
	}

	private void awaitWell(Caller caller, Duration atLeast) {
		try (Load load = Load.start(load(caller))) {
			await(caller.name() + " to be answered by " + ids(),
					() -> load.now().compareTo(atLeast) >= 0 && isWell(load));
		}
	}

	private boolean isWell(Load load) {
		Requests latest = load.requests().endedAfter(load.now().minus(LATELY));
		return latest.instances().equals(ids()) && latest.failed().count() == 0
				&& latest.latency(1).compareTo(WELL) < 0;
	}

	/**
	 * Starts missing workers, and waits until all views contain the same workers,
	 * regardless of previous scenarios.
	 * @param atLeast the minimum number of workers
	 */
	public void settle(int atLeast) {
		while (workers().size() < atLeast) {
			startWorker();
		}
		workers().forEach(SampleProcess::awaitStarted);
		await("everyone to know " + ids(), this::isKnownToAll);
	}

	/**
	 * Like {@link #settle(int)}, and also waits until all workers answer a caller. The
	 * caller may keep stale workers and avoid others for longer than the views show.
	 * @param atLeast the minimum number of workers
	 * @param caller the caller
	 */
	public void settle(int atLeast, Caller caller) {
		settle(atLeast);
		awaitWell(caller, LATELY);
	}

	/**
	 * Starts another worker without waiting until it is ready.
	 */
	public SampleProcess startWorker() {
		SampleProcess worker = sample(WORKER, WORKER + "-" + ++this.workersStarted, this.workerProgram, List.of());
		this.workers.add(worker);
		return worker;
	}

	private SampleProcess sample(String service, String name, Program program, List<String> options) {
		SampleProcess sample = new SampleProcess(service, name, this.directory, program, this.access.environment(),
				join(join(this.access.options(), this.options), options));
		this.all.add(sample);
		return sample;
	}

	private static List<String> join(List<String> first, List<String> second) {
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
		this.all.add(registry);
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
		return new LoadSettings(backend(caller).uri("/"), caller.perSecond(), REQUEST_TIMEOUT, INSTANCE);
	}

	/**
	 * Returns the number of requests of a caller that arrived at the running workers. The
	 * workers must count requests.
	 */
	public long arrivals(Caller caller) {
		return workers().stream().mapToLong((worker) -> Arrivals.of(worker).getOrDefault(caller.name(), 0L)).sum();
	}

	/**
	 * Returns the views that list the workers, by display name.
	 */
	public Map<String, View> views() {
		Map<String, View> views = new LinkedHashMap<>();
		views.put("the registry", View.api(this.access.endpoint(), NAMESPACE));
		views.put("DNS", View.dns(this.access.endpoint(), NAMESPACE));
		this.backends.forEach((name, backend) -> views.put("the " + name, View.application(backend.uri("/workers"))));
		return views;
	}

	/**
	 * Returns the workers in each of the {@link #views() views}.
	 */
	public Map<String, Set<String>> seen() {
		Map<String, Set<String>> seen = new LinkedHashMap<>();
		views().forEach((who, view) -> seen.put(who, view.instances(WORKER)));
		return seen;
	}

	/**
	 * Returns whether each of the {@link #views() views} lists exactly the running
	 * workers.
	 */
	public boolean isKnownToAll() {
		return seen().values().stream().allMatch(ids()::equals);
	}

	/**
	 * Returns whether all running applications are registered, including the backend.
	 */
	public boolean isRegistered() {
		View registry = View.api(this.access.endpoint(), NAMESPACE);
		return registry.instances(WORKER).equals(ids()) && registry.instances(BACKEND).equals(this.backends.keySet());
	}

	private Set<String> ids() {
		return workers().stream().map(JvmProcess::name).collect(Collectors.toSet());
	}

	public static void await(String what, BooleanSupplier condition) {
		Awaitility.await(what)
			.atMost(JvmProcess.PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(JvmProcess.GLANCE)
			.ignoreException(UncheckedIOException.class)
			.until(condition::getAsBoolean);
	}

	/**
	 * Returns the paths of the logs and the last lines of each.
	 */
	public String logs() {
		return this.all.stream().map(JvmProcess::tail).collect(Collectors.joining("\n\n"));
	}

	/**
	 * Requests thread dumps from all running processes and waits until their logs contain
	 * them. A paused process writes none.
	 */
	public void dumpThreads() {
		List<JvmProcess> live = this.all.stream().filter(JvmProcess::isAlive).toList();
		live.forEach(JvmProcess::dumpThreads);
		try {
			Awaitility.await("thread dumps")
				.atMost(THREAD_DUMP)
				.until(() -> live.stream().allMatch((process) -> process.hasLogged(END_OF_THREAD_DUMP)));
		}
		catch (ConditionTimeoutException ex) {
			// the test reports the original failure, not this one
		}
	}

	/**
	 * Kills all processes.
	 */
	@Override
	public void close() {
		this.all.forEach(JvmProcess::close);
	}

}
