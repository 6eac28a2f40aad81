package dev.cloudmap.discovery.grpc;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;

/**
 * Resolves gRPC targets such as {@code discovery:///worker} and
 * {@code discovery:///worker.corp} through a catalog. Each application context has its
 * own provider. gRPC has one provider for each scheme: of several started providers, the
 * last one resolves the targets of channels without {@link #PROVIDER}. Thread-safe.
 */
public final class DiscoveryNameResolverProvider extends NameResolverProvider {

	/** The scheme of the targets. */
	public static final String SCHEME = "discovery";

	/**
	 * The provider that resolves the target of a channel
	 * ({@code ManagedChannelBuilder.setNameResolverArg}). By default, that of the
	 * application context that was started last.
	 */
	public static final NameResolver.Args.Key<DiscoveryNameResolverProvider> PROVIDER = NameResolver.Args.Key
		.create("discovery-provider");

	/**
	 * The source of a channel's service config. By default,
	 * {@link ServiceConfigSource#DISCOVERY}.
	 */
	public static final NameResolver.Args.Key<ServiceConfigSource> SERVICE_CONFIG = NameResolver.Args.Key
		.create("discovery-service-config");

	/** gRPC's own default. */
	private static final int PRIORITY = 5;

	/** The started providers, the last one first; guarded by itself. */
	private static final Deque<DiscoveryNameResolverProvider> STARTED = new ArrayDeque<>();

	private final Supplier<InstanceCatalog> catalog;

	private final Function<ServiceName, OutlierPolicy> outlierPolicies;

	private final Supplier<Executor> executor;

	/**
	 * Creates a provider.
	 * @param catalog returns the instances; called when a channel is built
	 * @param outlierPolicies the outlier detection of each service
	 * @param executor returns the executor that reads the catalog and resolves host names
	 * of instances, if a channel has none; its tasks may block
	 */
	public DiscoveryNameResolverProvider(Supplier<InstanceCatalog> catalog,
			Function<ServiceName, OutlierPolicy> outlierPolicies, Supplier<Executor> executor) {
		this.catalog = catalog;
		this.outlierPolicies = outlierPolicies;
		this.executor = executor;
	}

	/**
	 * Registers this provider with gRPC.
	 */
	public void start() {
		NameResolverRegistry registry = NameResolverRegistry.getDefaultRegistry();
		synchronized (STARTED) {
			if (STARTED.contains(this)) {
				return;
			}
			if (!STARTED.isEmpty()) {
				registry.deregister(STARTED.getFirst());
			}
			STARTED.addFirst(this);
			registry.register(this);
		}
	}

	/**
	 * Removes this provider from gRPC. Existing channels keep their last addresses.
	 */
	public void stop() {
		NameResolverRegistry registry = NameResolverRegistry.getDefaultRegistry();
		synchronized (STARTED) {
			boolean current = STARTED.peekFirst() == this;
			if (STARTED.remove(this) && current) {
				registry.deregister(this);
				if (!STARTED.isEmpty()) {
					registry.register(STARTED.getFirst());
				}
			}
		}
	}

	/**
	 * Whether this provider is registered with gRPC, or will be when all providers that
	 * were started after it are stopped.
	 */
	public boolean isStarted() {
		synchronized (STARTED) {
			return STARTED.contains(this);
		}
	}

	@Override
	public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
		if (!SCHEME.equals(target.getScheme())) {
			return null;
		}
		DiscoveryNameResolverProvider chosen = args.getArg(PROVIDER);
		return ((chosen != null) ? chosen : this).resolver(serviceId(target), args);
	}

	private NameResolver resolver(String serviceId, NameResolver.Args args) {
		Executor offload = args.getOffloadExecutor();
		ServiceConfigSource source = args.getArg(SERVICE_CONFIG);
		CatalogTarget target = new CatalogTarget(serviceId, this.catalog.get(),
				new ServiceConfigs(args.getServiceConfigParser(), this.outlierPolicies,
						(source != null) ? source : ServiceConfigSource.DISCOVERY));
		return new DiscoveryNameResolver(target, (offload != null) ? offload : this.executor.get(),
				args.getSynchronizationContext());
	}

	private static String serviceId(URI target) {
		String path = target.getPath();
		String authority = target.getRawAuthority();
		String id = (path != null && path.startsWith("/")) ? path.substring(1) : "";
		if (id.isBlank() || id.indexOf('/') >= 0 || id.indexOf(':') >= 0 || (authority != null && !authority.isEmpty())
				|| target.getQuery() != null || target.getFragment() != null) {
			throw new IllegalArgumentException("The gRPC target is '" + target
					+ "': expected discovery:/// and the name of a service without a port, such as"
					+ " discovery:///worker or discovery:///worker.corp");
		}
		return id;
	}

	@Override
	public String getDefaultScheme() {
		return SCHEME;
	}

	@Override
	public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
		return Set.of(InetSocketAddress.class);
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	@Override
	protected int priority() {
		return PRIORITY;
	}

}
