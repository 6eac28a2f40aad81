package dev.cloudmap.discovery.registry.consul;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;
import dev.cloudmap.discovery.registry.watch.BlockingQuery;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.Timer;

/**
 * A {@link Registry} that uses the HTTP API of a Consul agent. The agent's TTL check is
 * the lease of an instance: an agent that does not have the check any more, because it
 * came back without its data, is noticed when the lease is renewed.
 */
public final class ConsulRegistry implements Registry {

	/** The source of instance sets from the HTTP API. */
	public static final String SOURCE = "api";

	private static final String OUTPUT = "Reported by the application";

	private static final Logger logger = LoggerFactory.getLogger(ConsulRegistry.class);

	private final ConsulSettings settings;

	private final ConsulCalls calls;

	private final ConsulNames names;

	private final InstanceReader instances;

	private final Timer timer;

	private final Executor requests;

	private final RegistryInfo info;

	private final LogLimit logLimit = new LogLimit();

	private final Set<ConsulWatch> watches = ConcurrentHashMap.newKeySet();

	/** The attributes that Consul can't hold, by the id of the service in Consul. */
	private final Map<String, Map<String, String>> omitted = new ConcurrentHashMap<>();

	private volatile @Nullable String ownDatacenter;

	private volatile boolean closed;

	/**
	 * Creates the adapter. It connects with the first call.
	 * @param settings how Consul is used
	 * @param tls the trusted certificates and keys for HTTPS; null for those of the JVM
	 * @param timer schedules blocking queries
	 * @param requests creates the requests of blocking queries, which may block for the
	 * name of the agent
	 * @param answers reads answers in sequence; its tasks do not block
	 * @param defaultPort returns the port of a service whose instances have no port, or
	 * null
	 */
	public ConsulRegistry(ConsulSettings settings, @Nullable SSLContext tls, Timer timer, Executor requests,
			Executor answers, Function<ServiceName, @Nullable Integer> defaultPort) {
		this.settings = settings;
		this.calls = new ConsulCalls(settings, tls, answers);
		this.names = new ConsulNames(settings.domain(), settings.datacenter());
		this.instances = new InstanceReader(defaultPort);
		this.timer = timer;
		this.requests = requests;
		this.info = new RegistryInfo("consul", settings.agent().toString(), null,
				EnumSet.of(Capability.LEASES, Capability.WATCH));
	}

	@Override
	public void register(InstanceRegistration registration) {
		requireOwnDatacenter(registration.service());
		Map<String, String> left = new LinkedHashMap<>();
		String document = new ServiceDocument(this.settings, registration).json(left);
		this.calls.put(ConsulOperation.REGISTER_SERVICE, "/v1/agent/service/register", document);
		String id = ServiceId.of(registration.service().name(), registration.instanceId());
		this.omitted.put(id, left);
		if (!left.isEmpty() && this.logLimit.allows(left.keySet())) {
			logger
				.warn("Consul does not hold the attributes {} of {}: expected keys of at most 128 letters, digits, dots,"
						+ " '-' and '_' without '--', and values of at most 512 characters. Its callers do not see them",
						new TreeSet<>(left.keySet()), registration.service());
		}
		agentAnswered();
	}

	/**
	 * An agent registers services in its own datacenter only.
	 */
	private void requireOwnDatacenter(ServiceName service) {
		String wanted = this.names.datacenter(service.namespace());
		String own = (wanted != null) ? ownDatacenter() : null;
		if (own != null && !own.equalsIgnoreCase(wanted)) {
			throw new DiscoveryException(
					"This application can't be registered in " + service.namespace() + ": the agent at "
							+ this.info.location() + " belongs to datacenter " + own + ", not " + wanted,
					"Set discovery.consul.host to an agent of " + wanted + ", or remove the datacenter from"
							+ " discovery.namespace and discovery.consul.datacenter and call other datacenters by name",
					null);
		}
	}

	private @Nullable String ownDatacenter() {
		String known = this.ownDatacenter;
		if (known == null) {
			try {
				Map<String, Object> agent = this.calls.get(ConsulOperation.READ_AGENT, "/v1/agent/self").object();
				known = (agent.get("Config") instanceof Map<?, ?> config
						&& config.get("Datacenter") instanceof String name) ? name.toLowerCase(Locale.ROOT) : null;
				this.ownDatacenter = known;
			}
			catch (AccessDeniedException ex) {
				logger.debug("The datacenter of the agent is not known", ex);
			}
		}
		return known;
	}

	@Override
	public void deregister(ServiceName service, String instanceId) {
		String id = ServiceId.of(service.name(), instanceId);
		ConsulAnswer answer = this.calls.send(ConsulOperation.DEREGISTER_SERVICE, "PUT",
				"/v1/agent/service/deregister/" + ConsulCalls.encode(id), null);
		if (!answer.isOk() && !answer.isUnknown()) {
			throw this.calls.failures().refused(ConsulOperation.DEREGISTER_SERVICE, answer);
		}
		this.omitted.remove(id);
	}

	@Override
	public void reportHealth(ServiceName service, String instanceId, HealthStatus status) {
		String check = ServiceId.check(ServiceId.of(service.name(), instanceId));
		ConsulAnswer answer = this.calls.send(ConsulOperation.UPDATE_CHECK, "PUT",
				"/v1/agent/check/update/" + ConsulCalls.encode(check),
				JsonObjects.write(Map.of("Status", ServiceDocument.status(status), "Output", OUTPUT)));
		if (answer.isUnknown()) {
			throw new NotRegisteredException(
					"The Consul agent at " + this.info.location() + " has no " + instanceId + " of " + service, null);
		}
		if (!answer.isOk()) {
			throw this.calls.failures().refused(ConsulOperation.UPDATE_CHECK, answer);
		}
		agentAnswered();
	}

	/** Returns the attributes that the agent has, and those that Consul can't hold. */
	@Override
	public Optional<Map<String, String>> attributes(ServiceName service, String instanceId) {
		String id = ServiceId.of(service.name(), instanceId);
		ConsulAnswer answer = this.calls.send(ConsulOperation.GET_SERVICE, "GET",
				"/v1/agent/service/" + ConsulCalls.encode(id), null);
		if (answer.isUnknown()) {
			return Optional.empty();
		}
		if (!answer.isOk()) {
			throw this.calls.failures().refused(ConsulOperation.GET_SERVICE, answer);
		}
		Map<String, String> attributes = InstanceReader.registeredAttributes(answer.object());
		attributes.putAll(this.omitted.getOrDefault(id, Map.of()));
		return Optional.of(attributes);
	}

	/**
	 * {@inheritDoc} Returns the last answer of the blocking query for the service,
	 * without a call, while changes of the service are reported.
	 */
	@Override
	public InstanceSet discover(ServiceName service, LookupFilter filter) {
		for (ConsulWatch watch : this.watches) {
			List<ConsulInstance> current = watch.current(service);
			if (current != null) {
				return result(service, current, filter);
			}
		}
		ConsulAnswer answer = this.calls.get(ConsulOperation.LIST_INSTANCES, instancesPath(service));
		List<ConsulInstance> found = this.instances.read(service, answer.array());
		if (!answer.leader()
				&& (found.isEmpty() || this.watches.stream().anyMatch((watch) -> watch.hasKnown(service)))) {
			throw this.calls.failures().leaderless(ConsulOperation.LIST_INSTANCES);
		}
		if (found.isEmpty() && answer.filtered()) {
			throw this.calls.failures().filtered(ConsulOperation.LIST_INSTANCES);
		}
		agentAnswered();
		return result(service, found, filter);
	}

	private static InstanceSet result(ServiceName service, List<ConsulInstance> found, LookupFilter filter) {
		return new InstanceSet(service, ConsulInstance.filter(found, filter), SOURCE);
	}

	/**
	 * {@inheritDoc} Consul's index of a service also changes with its health, so that
	 * this is a checksum of its registrations.
	 */
	@Override
	public long revision(ServiceName service) {
		List<Object> found = this.calls
			.get(ConsulOperation.GET_REVISION,
					"/v1/catalog/service/" + ConsulCalls.encode(service.name()) + query(service.namespace()))
			.array();
		if (found.isEmpty()) {
			throw new NotRegisteredException("There is no service " + service, null);
		}
		return InstanceReader.checksum(found);
	}

	@Override
	public Set<ListedService> services(Namespace namespace) {
		ConsulAnswer answer = this.calls.get(ConsulOperation.LIST_SERVICES, servicesPath(namespace));
		Set<String> found = answer.object().keySet();
		if (found.isEmpty() && answer.filtered()) {
			throw this.calls.failures().filtered(ConsulOperation.LIST_SERVICES);
		}
		if (!answer.leader() && found.isEmpty()) {
			throw this.calls.failures().leaderless(ConsulOperation.LIST_SERVICES);
		}
		agentAnswered();
		return found.stream().map((name) -> new ListedService(name, null)).collect(Collectors.toSet());
	}

	private String instancesPath(ServiceName service) {
		return "/v1/health/service/" + ConsulCalls.encode(service.name()) + query(service.namespace());
	}

	private String servicesPath(Namespace namespace) {
		return "/v1/catalog/services" + query(namespace);
	}

	/** Returns the query for the datacenter and the consistency of a lookup. */
	private String query(Namespace namespace) {
		String datacenter = this.names.datacenter(namespace);
		String consistency = switch (this.settings.consistency()) {
			case DEFAULT -> "";
			case STALE -> "stale";
			case CONSISTENT -> "consistent";
		};
		String query = ((datacenter != null) ? "dc=" + ConsulCalls.encode(datacenter) : "")
				+ ((datacenter != null && !consistency.isEmpty()) ? "&" : "") + consistency;
		return query.isEmpty() ? "" : "?" + query;
	}

	@Override
	public Watch watch(Namespace namespace, WatchListener listener) {
		try {
			this.names.datacenter(namespace);
		}
		catch (DiscoveryException ex) {
			logger.debug("Consul does not report changes in {}", namespace, ex);
			return Watch.NEVER;
		}
		ConsulWatch watch = new ConsulWatch(namespace, new NamespaceQueries(namespace), this.timer, listener,
				this.watches::remove);
		this.watches.add(watch);
		if (this.closed) {
			watch.close();
		}
		return watch;
	}

	private void agentAnswered() {
		this.watches.forEach(ConsulWatch::agentAnswered);
	}

	@Override
	public CallCounts calls() {
		return this.calls.counts();
	}

	@Override
	public RegistryInfo info() {
		return this.info;
	}

	@Override
	public void close() {
		this.closed = true;
		this.watches.forEach(ConsulWatch::close);
	}

	private final class NamespaceQueries implements ConsulWatch.Queries {

		private final Namespace namespace;

		private NamespaceQueries(Namespace namespace) {
			this.namespace = namespace;
		}

		@Override
		public BlockingQuery<List<ConsulInstance>> instances(String service) {
			ServiceName name = new ServiceName(this.namespace, service);
			return query(instancesPath(name), (answer) -> ConsulRegistry.this.instances.read(name, answer.array()));
		}

		@Override
		public BlockingQuery<Set<String>> list() {
			return query(servicesPath(this.namespace), (answer) -> Set.copyOf(answer.object().keySet()));
		}

		private <T extends Collection<?>> BlockingQuery<T> query(String path, Function<ConsulAnswer, T> reader) {
			return new ConsulQuery<>(ConsulRegistry.this.calls, ConsulRegistry.this.requests, path, (answer) -> {
				T result = reader.apply(answer);
				if (result.isEmpty() && answer.filtered()) {
					throw new BlockingQueryException(Kind.REFUSED, "the token may not read the result");
				}
				return result;
			});
		}

		@Override
		public String describe() {
			return "Consul at " + ConsulRegistry.this.info.location();
		}

	}

}
