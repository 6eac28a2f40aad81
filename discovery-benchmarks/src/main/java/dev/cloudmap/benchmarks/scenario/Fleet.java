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

/**
 * Backends and workers, and the registry by which they find each other.
 */
public final class Fleet implements AutoCloseable {

	/** The service that the backend calls. */
	public static final String WORKER = "worker";

	private static final String BACKEND = "backend";

	private static final String NAMESPACE = "corp";

	private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

	/** The worker's answer names its instance. */
	private static final Pattern INSTANCE = Pattern.compile("\\(instance ([^)]+)\\)");

	/** How long applications that have just been started are asked before it counts. */
	private static final Duration WARM_UP = Duration.ofSeconds(4);

	/** Who is asked how they are is judged by the requests of this time. */
	private static final Duration LATELY = Duration.ofSeconds(1);

	/** They are well when the last second's requests took no longer than this. */
	private static final Duration WELL = Duration.ofMillis(500);

	/** How long to wait for thread dumps, at most. */
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
	 * A fleet whose first worker hosts the registry, and another one when that is gone.
	 * @param directory for the processes' logs; not null
	 * @param options properties of all applications, as {@code --name=value}; not null
	 */
	public static Fleet hostingItsRegistry(Path directory, List<String> options) {
		return new Fleet(directory, RegistryAccess.hostOrJoin(loopback(FreePorts.take()), FreePorts.take()), options,
				null, Addition.NONE, List.of(Caller.tryingNothingAgain(BACKEND)));
	}

	/**
	 * A fleet with a registry of its own process.
	 * @param directory for the processes' logs; not null
	 * @param options properties of all applications, as {@code --name=value}; not null
	 */
	public static Fleet besideItsRegistry(Path directory, List<String> options) {
		return besideItsRegistry(directory, options, Addition.NONE, List.of(Caller.tryingNothingAgain(BACKEND)));
	}

	/**
	 * A fleet with a registry of its own process and several backends.
	 * @param directory for the processes' logs; not null
	 * @param options properties of all applications, as {@code --name=value}; not null
	 * @param toWorkers what else is in the workers; not null
	 * @param callers the backends, at least one; not null
	 */
	public static Fleet besideItsRegistry(Path directory, List<String> options, Addition toWorkers,
			List<Caller> callers) {
		InetSocketAddress dns = InetSocketAddress.createUnresolved("127.0.0.1", FreePorts.take());
		return new Fleet(directory, RegistryAccess.elsewhere(loopback(FreePorts.take()), dns.getPort()), options, dns,
				toWorkers, callers);
	}

	private static URI loopback(int port) {
		return URI.create("http://127.0.0.1:" + port);
	}

	/**
	 * Starts everything, waits until the backend knows all workers, and lets it work for
	 * a while.
	 * @param workers how many workers
	 */
	public void start(int workers) {
		if (this.standaloneDns != null) {
			startRegistry();
		}
		startWorker();
		// the one that hosts the registry, if none is there
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
		// one after the other: cold, they would keep each other from getting warm
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
	 * Makes sure that there are so many workers, and that everyone knows the same ones,
	 * whatever has happened before.
	 * @param atLeast how many workers
	 */
	public void settle(int atLeast) {
		while (workers().size() < atLeast) {
			startWorker();
		}
		workers().forEach(SampleProcess::awaitStarted);
		await("everyone to know " + ids(), this::isKnownToAll);
	}

	/**
	 * Makes sure, besides, that all of them answer a caller: it may hold on to some that
	 * are gone, and avoid others, for longer than anyone can see from outside.
	 * @param atLeast how many workers
	 * @param caller the caller; not null
	 */
	public void settle(int atLeast, Caller caller) {
		settle(atLeast);
		awaitWell(caller, LATELY);
	}

	/**
	 * Starts another worker, and does not wait for it.
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
	 * The workers that live, in the order in which they were started.
	 */
	public List<SampleProcess> workers() {
		return this.workers.stream().filter(JvmProcess::isAlive).toList();
	}

	/**
	 * The backend, the first if there are several.
	 */
	public SampleProcess backend() {
		return backend(this.callers.get(0));
	}

	/**
	 * The backend that is one of this fleet's callers.
	 * @param caller the caller; not null
	 */
	public SampleProcess backend(Caller caller) {
		return require(this.backends.get(caller.name()), "backend " + caller.name());
	}

	/**
	 * Starts the registry, on the ports that it had if it ran before, and waits until it
	 * serves. It is empty.
	 */
	public void startRegistry() {
		RegistryProcess registry = new RegistryProcess("registry-" + ++this.registriesStarted, this.directory,
				this.access.endpoint(), require(this.standaloneDns, "registry of its own"));
		this.registry = registry;
		this.all.add(registry);
		registry.awaitReady();
	}

	/**
	 * The registry's process.
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
	 * A scenario under the load of this fleet: requests to the backend, each of which
	 * becomes one to a worker.
	 * @param name what to call it; not null
	 */
	public Scenario scenario(String name) {
		return scenario(name, this.callers.get(0));
	}

	/**
	 * A scenario under the load of one of this fleet's callers.
	 * @param name what to call it; not null
	 * @param caller the caller; not null
	 */
	public Scenario scenario(String name, Caller caller) {
		return new Scenario(name, load(caller));
	}

	private LoadSettings load(Caller caller) {
		return new LoadSettings(backend(caller).uri("/"), caller.perSecond(), REQUEST_TIMEOUT, INSTANCE);
	}

	/**
	 * How many requests of a caller have arrived at the workers that live, which have to
	 * count them.
	 */
	public long arrivals(Caller caller) {
		return workers().stream().mapToLong((worker) -> Arrivals.of(worker).getOrDefault(caller.name(), 0L)).sum();
	}

	/**
	 * Who tells where the workers are, by a name for people.
	 */
	public Map<String, View> views() {
		Map<String, View> views = new LinkedHashMap<>();
		views.put("the registry", View.api(this.access.endpoint(), NAMESPACE));
		views.put("DNS", View.dns(this.access.endpoint(), NAMESPACE));
		this.backends.forEach((name, backend) -> views.put("the " + name, View.application(backend.uri("/workers"))));
		return views;
	}

	/**
	 * The workers that each of the {@link #views() views} knows.
	 */
	public Map<String, Set<String>> seen() {
		Map<String, Set<String>> seen = new LinkedHashMap<>();
		views().forEach((who, view) -> seen.put(who, view.instances(WORKER)));
		return seen;
	}

	/**
	 * Whether each of the {@link #views() views} knows the workers that live, and no
	 * others.
	 */
	public boolean isKnownToAll() {
		return seen().values().stream().allMatch(ids()::equals);
	}

	/**
	 * Whether the registry knows all applications that live, the backend too.
	 */
	public boolean isRegistered() {
		View registry = View.api(this.access.endpoint(), NAMESPACE);
		return registry.instances(WORKER).equals(ids()) && registry.instances(BACKEND).equals(this.backends.keySet());
	}

	private Set<String> ids() {
		return workers().stream().map(JvmProcess::name).collect(Collectors.toSet());
	}

	static void await(String what, BooleanSupplier condition) {
		Awaitility.await(what)
			.atMost(JvmProcess.PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(JvmProcess.GLANCE)
			.ignoreException(UncheckedIOException.class)
			.until(condition::getAsBoolean);
	}

	/**
	 * Where the logs are, and the last lines of each.
	 */
	public String logs() {
		return this.all.stream().map(JvmProcess::tail).collect(Collectors.joining("\n\n"));
	}

	/**
	 * Has all live processes write thread dumps to their logs, and waits for them, except
	 * for a process that is paused and writes none.
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
			// the failure that the dumps are for is reported, not this one
		}
	}

	/**
	 * Ends all processes, without asking.
	 */
	@Override
	public void close() {
		this.all.forEach(JvmProcess::close);
	}

}
