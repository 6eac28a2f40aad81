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

/**
 * A backend and workers, and the registry by which they find each other.
 */
public final class Fleet implements AutoCloseable {

	/** The service that the backend calls. */
	public static final String WORKER = "worker";

	private static final String BACKEND = "backend";

	private static final String NAMESPACE = "corp";

	private static final int PER_SECOND = 200;

	private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

	/** The worker's answer names its instance. */
	private static final Pattern INSTANCE = Pattern.compile("\\(instance ([^)]+)\\)");

	/** How long applications that have just been started are asked before it counts. */
	private static final Duration WARM_UP = Duration.ofSeconds(4);

	/** They are warm when the last second's requests took no longer than this. */
	private static final Duration WARM = Duration.ofMillis(500);

	private final Path directory;

	private final RegistryAccess access;

	private final List<String> options;

	private final @Nullable InetSocketAddress standaloneDns;

	private final Path workerJar;

	private final Path backendJar;

	private final List<SampleProcess> workers = new ArrayList<>();

	private final List<JvmProcess> all = new ArrayList<>();

	private @Nullable RegistryProcess registry;

	private @Nullable SampleProcess backend;

	private int workersStarted;

	private int registriesStarted;

	private Fleet(Path directory, RegistryAccess access, List<String> options,
			@Nullable InetSocketAddress standaloneDns) {
		this.directory = directory;
		this.access = access;
		this.options = List.copyOf(options);
		this.standaloneDns = standaloneDns;
		this.workerJar = SampleJar.WORKER.extractTo(directory);
		this.backendJar = SampleJar.BACKEND.extractTo(directory);
	}

	/**
	 * A fleet whose first worker hosts the registry, and another one when that is gone.
	 * @param directory for the processes' logs; not null
	 * @param options properties of all applications, as {@code --name=value}; not null
	 */
	public static Fleet hostingItsRegistry(Path directory, List<String> options) {
		return new Fleet(directory, RegistryAccess.hostOrJoin(loopback(FreePorts.take()), FreePorts.take()), options,
				null);
	}

	/**
	 * A fleet with a registry of its own process.
	 * @param directory for the processes' logs; not null
	 * @param options properties of all applications, as {@code --name=value}; not null
	 */
	public static Fleet besideItsRegistry(Path directory, List<String> options) {
		InetSocketAddress dns = InetSocketAddress.createUnresolved("127.0.0.1", FreePorts.take());
		return new Fleet(directory, RegistryAccess.elsewhere(loopback(FreePorts.take()), dns.getPort()), options, dns);
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
		SampleProcess backend = sample(BACKEND, BACKEND, this.backendJar,
				List.of("--spring.cloud.loadbalancer.retry.enabled=false"));
		this.backend = backend;
		backend.awaitStarted();
		settle(workers);
		try (Load load = Load.start(load())) {
			await("the applications to be warm", () -> isWarm(load));
		}
	}

	private static boolean isWarm(Load load) {
		Duration now = load.now();
		Requests latest = load.requests().endedAfter(now.minusSeconds(1));
		return now.compareTo(WARM_UP) >= 0 && latest.count() > 0 && latest.failed().count() == 0
				&& latest.latency(1).compareTo(WARM) < 0;
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
		await("everyone to know " + ids(), () -> seen().values().stream().allMatch(ids()::equals));
	}

	/**
	 * Starts another worker, and does not wait for it.
	 */
	public SampleProcess startWorker() {
		SampleProcess worker = sample(WORKER, WORKER + "-" + ++this.workersStarted, this.workerJar, List.of());
		this.workers.add(worker);
		return worker;
	}

	private SampleProcess sample(String service, String name, Path jar, List<String> options) {
		SampleProcess sample = new SampleProcess(service, name, this.directory, jar, this.access.environment(),
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
	 * The backend.
	 */
	public SampleProcess backend() {
		return require(this.backend, "backend");
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
		return new Scenario(name, load());
	}

	private LoadSettings load() {
		return new LoadSettings(backend().uri("/"), PER_SECOND, REQUEST_TIMEOUT, INSTANCE);
	}

	/**
	 * Who tells where the workers are, by a name for people.
	 */
	public Map<String, View> views() {
		Map<String, View> views = new LinkedHashMap<>();
		views.put("the registry", View.api(this.access.endpoint(), NAMESPACE));
		views.put("DNS", View.dns(this.access.endpoint(), NAMESPACE));
		views.put("the backend", View.application(backend().uri("/workers")));
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
	 * Whether the registry knows all applications that live, the backend too.
	 */
	public boolean isRegistered() {
		View registry = View.api(this.access.endpoint(), NAMESPACE);
		return registry.instances(WORKER).equals(ids()) && registry.instances(BACKEND).equals(Set.of(backend().name()));
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
	 * Ends all processes, without asking.
	 */
	@Override
	public void close() {
		this.all.forEach(JvmProcess::close);
	}

}
