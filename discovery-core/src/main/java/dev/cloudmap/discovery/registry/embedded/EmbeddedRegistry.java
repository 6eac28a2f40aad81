package dev.cloudmap.discovery.registry.embedded;

import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;

/**
 * The registry of this machine, hosted by this application or by another one. If a call
 * does not reach it, this application hosts or joins a registry again and repeats the
 * call once.
 */
public final class EmbeddedRegistry implements Registry, SmartLifecycle {

	/**
	 * Starts before, and stops after, all components that register or look up.
	 */
	private static final int PHASE = Integer.MIN_VALUE + 1000;

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedRegistry.class);

	private final HostOrJoin hostOrJoin;

	private final Function<Membership, Registry> connect;

	private final CallMeter meter;

	private final Executor background;

	private final Set<FollowingWatch> watches = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Connection connection;

	private volatile boolean running;

	private volatile boolean closed;

	/**
	 * Creates the registry.
	 * @param hostOrJoin the decision between hosting and joining
	 * @param meter the meter of the calls of all clients
	 * @param connect creates the client of the registry
	 * @param background executes the search for the registry; may block
	 */
	public EmbeddedRegistry(HostOrJoin hostOrJoin, CallMeter meter, Function<Membership, Registry> connect,
			Executor background) {
		this.hostOrJoin = hostOrJoin;
		this.meter = meter;
		this.connect = connect;
		this.background = background;
	}

	@Override
	public List<InetSocketAddress> dnsServers() {
		Membership membership = this.hostOrJoin.membership();
		return (membership != null) ? List.of(membership.dns()) : List.of();
	}

	@Override
	public void register(InstanceRegistration registration) {
		run((registry) -> registry.register(registration));
	}

	@Override
	public void deregister(ServiceName service, String instanceId) {
		// does not look for another registry, which does not have the instance
		connection().registry.deregister(service, instanceId);
	}

	@Override
	public void reportHealth(ServiceName service, String instanceId, HealthStatus status) {
		run((registry) -> registry.reportHealth(service, instanceId, status));
	}

	@Override
	public Optional<Map<String, String>> attributes(ServiceName service, String instanceId) {
		return call((registry) -> registry.attributes(service, instanceId));
	}

	@Override
	public Map<String, String> attributes(ServiceName service) {
		return call((registry) -> registry.attributes(service));
	}

	@Override
	public InstanceSet discover(ServiceName service, LookupFilter filter) {
		return call((registry) -> registry.discover(service, filter));
	}

	@Override
	public long revision(ServiceName service) {
		return call((registry) -> registry.revision(service));
	}

	/**
	 * Watches the current registry, and its successor when it has moved.
	 */
	@Override
	public Watch watch(Namespace namespace, WatchListener listener) {
		FollowingWatch watch = new FollowingWatch(namespace, listener, this.watches::remove);
		this.watches.add(watch);
		Connection current;
		do {
			current = this.connection;
			if (current != null) {
				watch.follow(current.registry);
			}
		}
		// it may have moved meanwhile, before this watch was added
		while (!Objects.equals(current, this.connection));
		return watch;
	}

	@Override
	public boolean hasNamesakes(Namespace namespace) {
		Connection current = this.connection;
		return current != null && current.registry.hasNamesakes(namespace);
	}

	@Override
	public CallCounts calls() {
		return this.meter.counts();
	}

	@Override
	public Set<ListedService> services(Namespace namespace) {
		return call((registry) -> registry.services(namespace));
	}

	@Override
	public boolean knowsOtherApplications() {
		Connection current = this.connection;
		if (current == null) {
			return false;
		}
		long own = this.watches.stream().filter(FollowingWatch::isLive).count();
		return this.hostOrJoin.presence(current.membership.endpoint())
			.map((presence) -> presence.instances() > 0 || presence.watchers() > own)
			.orElse(true);
	}

	@Override
	public RegistryInfo info() {
		Membership membership = this.hostOrJoin.membership();
		if (membership == null) {
			String problem = this.hostOrJoin.problem();
			return new RegistryInfo("embedded", (problem != null) ? "no port: " + problem : "a port not found yet",
					null, EnumSet.allOf(Capability.class));
		}
		return new RegistryInfo("embedded", membership.endpoint().toString(),
				membership.role().name().toLowerCase(Locale.ROOT), membership.capabilities());
	}

	private void run(Consumer<Registry> call) {
		var unused = call((registry) -> {
			call.accept(registry);
			return registry;
		});
	}

	private <T> T call(Function<Registry, T> call) {
		Connection connection = connection();
		try {
			return call.apply(connection.registry);
		}
		catch (RegistryUnavailableException ex) {
			return call.apply(connect(this.hostOrJoin.ensure()).registry);
		}
	}

	private Connection connection() {
		Connection current = this.connection;
		return (current != null) ? current : connect(this.hostOrJoin.ensure());
	}

	private Connection connect(Membership membership) {
		Connection before;
		Connection created;
		synchronized (this) {
			before = this.connection;
			if (before != null && before.isEquivalentTo(membership)) {
				return before;
			}
			if (this.closed) {
				throw new DiscoveryException("The application is stopping and no longer uses a registry");
			}
			created = new Connection(membership, this.connect.apply(membership));
			this.connection = created;
		}
		this.watches.forEach((watch) -> watch.follow(created.registry));
		if (before != null) {
			before.registry.close();
		}
		return created;
	}

	/**
	 * Finds the registry in the background. The application continues to start, and calls
	 * wait until the registry is found.
	 */
	@Override
	public void start() {
		this.closed = false;
		this.running = true;
		this.hostOrJoin.open();
		this.background.execute(this::connectIfRunning);
	}

	private void connectIfRunning() {
		if (!this.running) {
			return;
		}
		try {
			connection();
		}
		catch (DiscoveryException ex) {
			if (this.running) {
				reportMissing(ex);
			}
		}
	}

	/** The application runs without a registry. Registration retries. */
	private static void reportMissing(DiscoveryException failure) {
		logger.warn("{}", failure.getMessage());
	}

	@Override
	public void stop() {
		close();
	}

	@Override
	public void close() {
		this.running = false;
		Connection last;
		synchronized (this) {
			this.closed = true;
			last = this.connection;
			this.connection = null;
		}
		if (last != null) {
			last.registry.close();
		}
		this.hostOrJoin.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	private record Connection(Membership membership, Registry registry) {

		boolean isEquivalentTo(Membership other) {
			return this.membership.endpoint().equals(other.endpoint())
					&& this.membership.capabilities().equals(other.capabilities());
		}

	}

}
