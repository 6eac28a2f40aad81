package dev.cloudmap.discovery.registry.cloudmap;

import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRevisionResponse;
import software.amazon.awssdk.services.servicediscovery.model.GetInstanceResponse;
import software.amazon.awssdk.services.servicediscovery.model.GetServiceAttributesResponse;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InstanceSet.Detail;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;
import dev.cloudmap.discovery.registry.cloudmap.FoundNamespace.DiscoveryTarget;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.watch.NamespaceWatch;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchRequest;
import dev.cloudmap.discovery.thread.LogLimit;

import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.DEREGISTER_INSTANCE;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.DISCOVER_INSTANCES;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.DISCOVER_INSTANCES_REVISION;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.GET_INSTANCE;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.GET_SERVICE_ATTRIBUTES;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.REGISTER_INSTANCE;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.UPDATE_INSTANCE_CUSTOM_HEALTH_STATUS;

/**
 * A {@link Registry} that uses the API of Cloud Map.
 */
public final class CloudMapRegistry implements Registry {

	/**
	 * The source of instance sets from the API.
	 */
	public static final String SOURCE = "api";

	/** The maximum result count of DiscoverInstances (Cloud Map API reference). */
	private static final int MAX_RESULTS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(CloudMapRegistry.class);

	private final ServiceDiscoveryClient client;

	private final RegistryInfo info;

	/** Configures discovery requests for the endpoint of the client. */
	private final Consumer<AwsRequestOverrideConfiguration.Builder> discoveryOverrides;

	private final CloudMapCalls calls;

	private final NamespaceDirectory namespaces;

	private final ServiceDirectory directory;

	private final @Nullable List<InetSocketAddress> dnsServers;

	private final InstanceReader instances;

	private final LogLimit logLimit = new LogLimit();

	private final CallMeter meter;

	private final WatchClient watchClient;

	private final Set<NamespaceWatch> watches = ConcurrentHashMap.newKeySet();

	/** Whether the registry is known to report changes. */
	private volatile boolean watchable;

	private volatile boolean closed;

	/**
	 * Creates the adapter.
	 * @param client the SDK's client; this registry closes it
	 * @param info the description of this registry
	 * @param creation the resources that registration may create
	 * @param dnsServers the DNS servers that resolve the namespaces; null for the DNS
	 * servers of the machine
	 * @param defaultPort returns the port of a service whose instances have no port
	 * attribute, or null
	 * @param meter counts calls and refuses calls beyond the budget
	 * @param watchClient sends the queries for changes
	 */
	public CloudMapRegistry(ServiceDiscoveryClient client, RegistryInfo info, CreationPolicy creation,
			@Nullable List<InetSocketAddress> dnsServers, Function<ServiceName, @Nullable Integer> defaultPort,
			CallMeter meter, WatchClient watchClient) {
		this.client = client;
		this.info = info;
		this.discoveryOverrides = CloudMapEndpoint.of(client).isAws() ? (request) -> {
		} : (request) -> request.addPlugin(CloudMapRegistry::disableHostPrefix);
		this.meter = meter;
		this.watchClient = watchClient;
		this.watchable = info.can(Capability.WATCH);
		this.calls = new CloudMapCalls(client, info.location(), meter, this::answered);
		this.namespaces = new NamespaceDirectory(this.calls, creation.choice(), new HostedZones(client),
				watchClient.timer());
		this.directory = new ServiceDirectory(this.calls, this.namespaces, creation);
		this.dnsServers = dnsServers;
		this.instances = new InstanceReader(defaultPort);
	}

	@Override
	public void register(InstanceRegistration registration) {
		var unused = withService(registration.service(), registration.definition(),
				(found) -> this.calls.carryOut(REGISTER_INSTANCE, found.owner(),
						(client) -> client.registerInstance((request) -> request.serviceId(found.id())
							.instanceId(registration.instanceId())
							.attributes(registration.allAttributes())).operationId()));
	}

	@Override
	public void deregister(ServiceName service, String instanceId) {
		try {
			var unused = withService(service, null,
					(found) -> this.calls.carryOut(DEREGISTER_INSTANCE, found.owner(),
							(client) -> client
								.deregisterInstance((request) -> request.serviceId(found.id()).instanceId(instanceId))
								.operationId()));
		}
		catch (NotRegisteredException ex) {
			logger.debug("Instance {} of {} was not registered any more", instanceId, service);
		}
	}

	@Override
	public void reportHealth(ServiceName service, String instanceId, HealthStatus status) {
		var unused = withService(service, null,
				(found) -> this.calls.call(UPDATE_INSTANCE_CUSTOM_HEALTH_STATUS,
						(client) -> client.updateInstanceCustomHealthStatus((request) -> request.serviceId(found.id())
							.instanceId(instanceId)
							.status(CustomHealthStatus.fromValue(status.name())))));
	}

	@Override
	public Optional<Map<String, String>> attributes(ServiceName service, String instanceId) {
		try {
			return Optional.of(InstanceReader.withoutNulls(withService(service, null,
					(found) -> this.calls.call(GET_INSTANCE,
							(client) -> client
								.getInstance((request) -> request.serviceId(found.id()).instanceId(instanceId)),
							"Instance", GetInstanceResponse::instance))
				.attributes()));
		}
		catch (NotRegisteredException ex) {
			return Optional.empty();
		}
	}

	@Override
	public Map<String, String> attributes(ServiceName service) {
		try {
			return InstanceReader.withoutNulls(withService(service, null,
					(found) -> this.calls.call(GET_SERVICE_ATTRIBUTES,
							(client) -> client.getServiceAttributes((request) -> request.serviceId(found.id())),
							"ServiceAttributes", GetServiceAttributesResponse::serviceAttributes))
				.attributes());
		}
		catch (NotRegisteredException ex) {
			return Map.of();
		}
	}

	@Override
	public InstanceSet discover(ServiceName service, LookupFilter filter) {
		return lookUp(service, (namespace) -> {
			DiscoverInstancesResponse answer = this.calls.call(DISCOVER_INSTANCES, (client) -> client
				.discoverInstances((request) -> describe(namespace, service, filter, request).maxResults(MAX_RESULTS)));
			List<HttpInstanceSummary> found = this.calls.answers()
				.requireList(DISCOVER_INSTANCES, "Instances", answer.hasInstances(), answer.instances(), MAX_RESULTS);
			return new InstanceSet(service,
					found.stream()
						.map((summary) -> this.instances.read(service, summary))
						.filter(Objects::nonNull)
						.toList(),
					SOURCE, null, Set.of(), Detail.ALL, answer.instancesRevision());
		}).orElseGet(() -> new InstanceSet(service, List.of(), SOURCE));
	}

	/**
	 * Runs a lookup in the namespace. If the registry has no namespace of that name,
	 * because it was deleted and created again, this method finds the namespace again and
	 * repeats the lookup once.
	 * @return the result; empty if the service or its namespace does not exist
	 */
	private <T> Optional<T> lookUp(ServiceName service, Function<DiscoveryTarget, T> lookup) {
		Namespace namespace = service.namespace();
		boolean remembered = this.namespaces.remembered(namespace).isPresent();
		Optional<DiscoveryTarget> target = this.namespaces.target(namespace);
		try {
			return target.map(lookup);
		}
		catch (NotRegisteredException ex) {
			if (!remembered || !(ex.getCause() instanceof NamespaceNotFoundException)) {
				return notFound(namespace, ex);
			}
		}
		this.namespaces.forget(namespace);
		try {
			return this.namespaces.target(namespace).map(lookup);
		}
		catch (NotRegisteredException ex) {
			return notFound(namespace, ex);
		}
	}

	/** Warns if Cloud Map lists the namespace but does not find it. */
	private <T> Optional<T> notFound(Namespace namespace, NotRegisteredException ex) {
		if (ex.getCause() instanceof NamespaceNotFoundException && this.logLimit.allows(namespace)) {
			this.namespaces.remembered(namespace)
				.ifPresent((listed) -> logger.warn("Namespace {} is listed, but lookups don't find it. {}",
						NamespaceSelector.describe(listed), listed.advice()));
		}
		return Optional.empty();
	}

	/**
	 * Disables the host prefix, because endpoints outside AWS have no host
	 * {@code data-<endpoint>}. The option is set on the request, so that it applies to
	 * custom clients too.
	 */
	static void disableHostPrefix(SdkServiceClientConfiguration.Builder configuration) {
		configuration.overrideConfiguration(configuration.overrideConfiguration()
			.toBuilder()
			.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)
			.build());
	}

	private DiscoverInstancesRequest.Builder describe(DiscoveryTarget namespace, ServiceName service,
			LookupFilter filter, DiscoverInstancesRequest.Builder request) {
		request.namespaceName(namespace.namespaceName())
			.ownerAccount(namespace.owner())
			.serviceName(service.name())
			.overrideConfiguration(this.discoveryOverrides)
			.healthStatus(HealthStatusFilter.fromValue(filter.health().name()));
		if (!filter.query().isEmpty()) {
			request.queryParameters(filter.query());
		}
		if (!filter.optional().isEmpty()) {
			request.optionalParameters(filter.optional());
		}
		return request;
	}

	@Override
	public long revision(ServiceName service) {
		return lookUp(service,
				(namespace) -> this.calls.call(DISCOVER_INSTANCES_REVISION,
						(client) -> client
							.discoverInstancesRevision((request) -> request.namespaceName(namespace.namespaceName())
								.ownerAccount(namespace.owner())
								.serviceName(service.name())
								.overrideConfiguration(this.discoveryOverrides)),
						"InstancesRevision", DiscoverInstancesRevisionResponse::instancesRevision))
			.orElseThrow(() -> new NotRegisteredException("There is no service " + service, null));
	}

	@Override
	public boolean hasNamesakes(Namespace namespace) {
		return this.namespaces.hasNamesakes(namespace);
	}

	/**
	 * {@inheritDoc} The watch sends its first query when the registry is known to report
	 * changes: at the latest after the first answer that contains a revision. AWS never
	 * sends one.
	 */
	@Override
	public Watch watch(Namespace namespace, WatchListener listener) {
		WatchRequest request = WatchRequest.of(this.client,
				(watched) -> this.namespaces.target(watched).map(DiscoveryTarget::namespaceName).orElse(watched.name()))
			.orElse(null);
		if (request == null) {
			return Watch.NEVER;
		}
		NamespaceWatch watch = new NamespaceWatch(request, namespace, listener, this.watchClient, this.watches::remove);
		this.watches.add(watch);
		if (this.watchable) {
			watch.start();
		}
		if (this.closed) {
			watch.close();
		}
		return watch;
	}

	private void answered(long revision) {
		this.watchable = true;
		this.watches.forEach((watch) -> watch.registryAnswered(revision));
	}

	@Override
	public CallCounts calls() {
		return this.meter.counts();
	}

	@Override
	public Set<ListedService> services(Namespace namespace) {
		return this.directory.list(namespace);
	}

	@Override
	public @Nullable List<InetSocketAddress> dnsServers() {
		return this.dnsServers;
	}

	/**
	 * Returns the description of this registry. A registry whose answers contain a
	 * revision is an embedded registry and has all capabilities.
	 */
	@Override
	public RegistryInfo info() {
		return (this.watchable && !this.info.can(Capability.WATCH)) ? this.info.with(EnumSet.allOf(Capability.class))
				: this.info;
	}

	@Override
	public void close() {
		this.closed = true;
		this.watches.forEach(NamespaceWatch::close);
		this.client.close();
	}

	/**
	 * Runs an action that refers to the service. If the registry rejects the id, because
	 * the service was deleted and created again, this method discards the cached ids and
	 * repeats the action once.
	 * @param definition how to create a missing service; null to create none
	 */
	private <T> T withService(ServiceName service, @Nullable ServiceDefinition definition,
			Function<ServiceReference, T> action) {
		try {
			return action.apply(this.directory.find(service, definition));
		}
		catch (NotRegisteredException ex) {
			this.directory.forget(service);
			return action.apply(this.directory.find(service, definition));
		}
	}

}
