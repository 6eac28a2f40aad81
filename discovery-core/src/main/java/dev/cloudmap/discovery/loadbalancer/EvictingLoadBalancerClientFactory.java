package dev.cloudmap.discovery.loadbalancer;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Spring Cloud's factory of load balancers, each of which has an application context of
 * its own of about 100 kilobytes. Spring Cloud keeps the context of every name that was
 * ever called. This factory keeps those of services that have a configuration of their
 * own, and a maximum number of others, so that calls of made-up names do not fill the
 * memory. Names of services without known instances are evicted first, and of these the
 * least recently used. An evicted context is closed later, since a call may still use it.
 * The next call of its name creates another one. Thread-safe.
 */
public final class EvictingLoadBalancerClientFactory extends LoadBalancerClientFactory {

	/**
	 * The default maximum number of contexts without a configuration of their own. Case
	 * and a final dot make many names of one service.
	 */
	public static final int MAX_CONTEXTS = 500;

	/** A context is closed after so many further evictions per maximum number. */
	private static final int CLOSE_DELAY = 10;

	/** The precision of the time of the last use, in nanoseconds. */
	private static final long PRECISION = 10_000_000;

	private static final Comparator<Held> OLDEST_FIRST = (one, other) -> Long.signum(one.lastUsed - other.lastUsed);

	private final int maxContexts;

	private final Predicate<String> pinned;

	private final Predicate<String> hasInstances;

	private final LongSupplier ticker;

	/** Written under its lock. */
	private final Map<String, Held> contexts = new ConcurrentHashMap<>();

	/** To be closed, in this order; guarded by the lock of the contexts. */
	private final Queue<Held> evicted = new ArrayDeque<>();

	/**
	 * Creates the factory.
	 * @param properties Spring Cloud's settings of load balancers
	 * @param maxContexts the maximum number of contexts that are not pinned
	 * @param pinned whether the context of a name is never closed, beside those of names
	 * with configurations of their own
	 * @param hasInstances whether a service is known to have instances; must not block
	 * @param ticker the monotonic time in nanoseconds
	 */
	public EvictingLoadBalancerClientFactory(LoadBalancerClientsProperties properties, int maxContexts,
			Predicate<String> pinned, Predicate<String> hasInstances, LongSupplier ticker) {
		super(properties);
		this.maxContexts = maxContexts;
		this.pinned = pinned;
		this.hasInstances = hasInstances;
		this.ticker = ticker;
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
		Held held = held(name);
		Map<String, ?> known = held.lifecycles;
		if (known == null) {
			known = super.getInstances(name, type);
			held.lifecycles = known;
		}
		return (Map<String, T>) known;
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
				.filter((held) -> !this.hasInstances.test(held.name))
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
		return getConfigurations().containsKey(name) || this.pinned.test(name);
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
