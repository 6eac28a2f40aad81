package dev.cloudmap.discovery.loadbalancer;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Spring Cloud's factory of load balancers, each of which has an application context of
 * its own of about 100 kilobytes. Spring Cloud keeps the context of every name that was
 * ever called. This factory creates no context for a name without configurations of the
 * user. Of the others it keeps the contexts of services that have a configuration of
 * their own, and a maximum number of further ones, so that calls of made-up names do not
 * fill the memory. Names of services without known instances are evicted first, and of
 * these the least recently used. An evicted context is closed later, since a call may
 * still use it. The next call of its name creates another one. Thread-safe.
 * <p>
 * After ahead-of-time processing, a context is created by the code that was generated for
 * its name, or else by that for {@link #ANY_OTHER_NAME}.
 */
public final class EvictingLoadBalancerClientFactory extends LoadBalancerClientFactory {

	/**
	 * The name for which ahead-of-time processing generates the context of all names
	 * without a configuration of their own.
	 */
	public static final String ANY_OTHER_NAME = "any-other-name";

	/**
	 * The default maximum number of contexts without a configuration of their own. Case
	 * and a final dot make many names of one service.
	 */
	public static final int MAX_CONTEXTS = 500;

	/** The maximum number of names without a context, per maximum number of contexts. */
	private static final int NAMES_PER_CONTEXT = 2;

	/** A context is closed after so many further evictions per maximum number. */
	private static final int CLOSE_DELAY = 10;

	/** The precision of the time of the last use, in nanoseconds. */
	private static final long PRECISION = 10_000_000;

	private static final Comparator<Held> OLDEST_FIRST = (one, other) -> Long.signum(one.lastUsed - other.lastUsed);

	private final LoadBalancerClientsProperties properties;

	private final Map<String, ApplicationContextInitializer<GenericApplicationContext>> generated;

	private final int maxContexts;

	private final Names names;

	private final Defaults defaults;

	private final LongSupplier ticker;

	private final DirectLoadBalancers direct;

	/** Written under its lock. */
	private final Map<String, Held> contexts = new ConcurrentHashMap<>();

	/** To be closed, in this order; guarded by the lock of the contexts. */
	private final Queue<Held> evicted = new ArrayDeque<>();

	private volatile @Nullable Map<String, ?> sharedLifecycles;

	/**
	 * Creates the factory.
	 * @param properties Spring Cloud's settings of load balancers
	 * @param maxContexts the maximum number of contexts that are not pinned
	 * @param names the properties of service names
	 * @param defaults the load balancers of names that the user has not configured
	 * @param ticker the monotonic time in nanoseconds
	 */
	public EvictingLoadBalancerClientFactory(LoadBalancerClientsProperties properties, int maxContexts, Names names,
			Defaults defaults, LongSupplier ticker) {
		this(properties, Map.of(), maxContexts, names, defaults, ticker);
	}

	private EvictingLoadBalancerClientFactory(LoadBalancerClientsProperties properties,
			Map<String, ApplicationContextInitializer<GenericApplicationContext>> generated, int maxContexts,
			Names names, Defaults defaults, LongSupplier ticker) {
		super(properties, generated);
		this.properties = properties;
		this.generated = generated;
		this.maxContexts = maxContexts;
		this.names = names;
		this.defaults = defaults;
		this.ticker = ticker;
		this.direct = new DirectLoadBalancers(NAMES_PER_CONTEXT * maxContexts, this::isPinned, names.hasInstances(),
				this::createDirect);
	}

	/**
	 * Called by the code that Spring Cloud generates ahead of time.
	 */
	@Override
	@SuppressWarnings("unchecked")
	public LoadBalancerClientFactory withApplicationContextInitializers(Map<String, Object> initializers) {
		Map<String, ApplicationContextInitializer<GenericApplicationContext>> typed = new HashMap<>();
		initializers.forEach((name, initializer) -> typed.put(name,
				(ApplicationContextInitializer<GenericApplicationContext>) initializer));
		EvictingLoadBalancerClientFactory factory = new EvictingLoadBalancerClientFactory(this.properties, typed,
				this.maxContexts, this.names, this.defaults, this.ticker);
		factory.setConfigurations(List.copyOf(getConfigurations().values()));
		return factory;
	}

	/** The load balancer needs a context only if the user has configured its name. */
	@Override
	public <T> @Nullable T getInstance(String name, Class<T> type) {
		CatalogLoadBalancer found = (type == ReactorServiceInstanceLoadBalancer.class) ? this.direct.find(name) : null;
		return (found != null) ? type.cast(found) : super.getInstance(name, type);
	}

	private Optional<CatalogLoadBalancer> createDirect(String name) {
		ApplicationContext parent = getParent();
		ConfiguredNames configured = new ConfiguredNames(getConfigurations(), this.defaults.configuration(),
				parent.getEnvironment(), parent);
		return configured.test(name) ? Optional.empty() : Optional.of(this.defaults.loadBalancers().apply(name));
	}

	@Override
	public Set<String> getContextNames() {
		return Set.copyOf(this.contexts.keySet());
	}

	@Override
	protected GenericApplicationContext getContext(String name) {
		return held(name).context;
	}

	/**
	 * Keeps the life cycles of requests, which Spring Cloud's clients look up for each
	 * request.
	 */
	@Override
	@SuppressWarnings("unchecked")
	public <T> Map<String, T> getInstances(String name, Class<T> type) {
		if (!type.equals(LoadBalancerLifecycle.class)) {
			return super.getInstances(name, type);
		}
		if (this.direct.find(name) != null) {
			return (Map<String, T>) sharedLifecycles();
		}
		Held held = held(name);
		Map<String, ?> known = held.lifecycles;
		if (known == null) {
			known = super.getInstances(name, type);
			held.lifecycles = known;
		}
		return (Map<String, T>) known;
	}

	private Map<String, ?> sharedLifecycles() {
		Map<String, ?> known = this.sharedLifecycles;
		if (known == null) {
			known = BeanFactoryUtils.beansOfTypeIncludingAncestors(getParent(), LoadBalancerLifecycle.class);
			this.sharedLifecycles = known;
		}
		return known;
	}

	@Override
	public GenericApplicationContext createContext(String name) {
		ApplicationContextInitializer<GenericApplicationContext> initializer = this.generated.get(ANY_OTHER_NAME);
		if (initializer == null || this.generated.containsKey(name)) {
			return super.createContext(name);
		}
		GenericApplicationContext context = buildContext(name);
		initializer.initialize(context);
		context.refresh();
		return context;
	}

	/** Spring Cloud makes the names of generated classes of it. */
	@Override
	protected String generateDisplayName(String name) {
		return super.generateDisplayName(name.replaceAll("[^A-Za-z0-9]", "_"));
	}

	private Held held(String name) {
		Held known = this.contexts.get(name);
		Held held = (known != null) ? known : create(name);
		held.use(this.ticker.getAsLong());
		return held;
	}

	@Override
	public void destroy() {
		synchronized (this.contexts) {
			this.evicted.addAll(this.contexts.values());
			this.contexts.clear();
		}
		closeUpTo(0);
	}

	private Held create(String name) {
		Held created;
		synchronized (this.contexts) {
			Held known = this.contexts.get(name);
			if (known != null) {
				return known;
			}
			created = new Held(name, createContext(name), this.ticker.getAsLong());
			evictOne();
			this.contexts.put(name, created);
		}
		closeUpTo(this.maxContexts / CLOSE_DELAY);
		return created;
	}

	/** Makes room for another context. */
	private void evictOne() {
		List<Held> candidates = this.contexts.values().stream().filter((held) -> !isPinned(held.name)).toList();
		if (candidates.size() >= this.maxContexts) {
			Held oldest = candidates.stream()
				.filter((held) -> !this.names.hasInstances().test(held.name))
				.min(OLDEST_FIRST)
				.orElseGet(() -> Collections.min(candidates, OLDEST_FIRST));
			this.contexts.remove(oldest.name);
			this.evicted.add(oldest);
		}
	}

	/** Closes evicted contexts without the lock, since users' beans may wait. */
	private void closeUpTo(int remaining) {
		while (true) {
			Held next;
			synchronized (this.contexts) {
				next = (this.evicted.size() > remaining) ? this.evicted.remove() : null;
			}
			if (next == null) {
				return;
			}
			next.context.close();
		}
	}

	private boolean isPinned(String name) {
		return getConfigurations().containsKey(name) || this.names.pinned().test(name);
	}

	/**
	 * Properties of service names.
	 *
	 * @param pinned whether the load balancer of a name is never dropped, beside those of
	 * names with configurations of their own
	 * @param hasInstances whether a service is known to have instances; must not block
	 */
	public record Names(Predicate<String> pinned, Predicate<String> hasInstances) {
	}

	/**
	 * The load balancers of names that the user has not configured.
	 *
	 * @param configuration the configuration of their contexts, which are not created if
	 * it is the only one
	 * @param loadBalancers creates the load balancer of a name
	 */
	public record Defaults(Class<?> configuration, Function<String, CatalogLoadBalancer> loadBalancers) {
	}

	private static final class Held {

		private final String name;

		private final GenericApplicationContext context;

		private volatile long lastUsed;

		private volatile @Nullable Map<String, ?> lifecycles;

		private Held(String name, GenericApplicationContext context, long now) {
			this.name = name;
			this.context = context;
			this.lastUsed = now;
		}

		/** A write for each of many calls would slow all of them down. */
		private void use(long now) {
			if (now - this.lastUsed > PRECISION) {
				this.lastUsed = now;
			}
		}

	}

}
