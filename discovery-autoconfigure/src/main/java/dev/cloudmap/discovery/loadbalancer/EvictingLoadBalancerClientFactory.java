package dev.cloudmap.discovery.loadbalancer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Spring Cloud's factory of load balancers, each of which has an application context of
 * its own of about 100 kilobytes. Spring Cloud keeps the context of every name that was
 * ever called. This factory keeps those of services with instances and of services that
 * have a configuration of their own, and a few others: so calls of made-up names do not
 * fill the memory. A context that was closed is created again with the next call.
 * Thread-safe.
 */
public final class EvictingLoadBalancerClientFactory extends LoadBalancerClientFactory {

	/** Contexts of services without instances that are kept. */
	static final int MAX_WITHOUT_INSTANCES = 50;

	/**
	 * All contexts that are kept without a configuration of their own: case and a final
	 * dot make many names of one service.
	 */
	static final int MAX_CONTEXTS = 500;

	/** How exactly it is known when a context was last used. */
	private static final long PRECISION = TimeUnit.MILLISECONDS.toNanos(10);

	private final Predicate<String> pinned;

	private final Predicate<String> hasInstances;

	private final LongSupplier ticker;

	/** Written under its lock. */
	private final Map<String, Held> contexts = new ConcurrentHashMap<>();

	/**
	 * Creates the factory.
	 * @param properties Spring Cloud's settings of load balancers
	 * @param pinned whether the context of a name is never closed, beside those of names
	 * with configurations of their own
	 * @param hasInstances whether a service is known to have instances; must not block
	 * @param ticker the time in nanoseconds, which never goes back
	 */
	public EvictingLoadBalancerClientFactory(LoadBalancerClientsProperties properties, Predicate<String> pinned,
			Predicate<String> hasInstances, LongSupplier ticker) {
		super(properties);
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
		Held held = this.contexts.get(name);
		if (held == null) {
			held = create(name);
			evict(held);
		}
		held.used(this.ticker.getAsLong());
		return held.context;
	}

	@Override
	public void destroy() {
		List<Held> all;
		synchronized (this.contexts) {
			all = List.copyOf(this.contexts.values());
			this.contexts.clear();
		}
		all.forEach((held) -> held.context.close());
	}

	private Held create(String name) {
		synchronized (this.contexts) {
			Held known = this.contexts.get(name);
			if (known != null) {
				return known;
			}
			Held created = new Held(name, createContext(name), this.ticker.getAsLong());
			this.contexts.put(name, created);
			return created;
		}
	}

	/** What users' beans do at their end is not done under the lock. */
	private void evict(Held latest) {
		List<Held> evicted = new ArrayList<>();
		synchronized (this.contexts) {
			List<Held> candidates = this.contexts.values()
				.stream()
				.filter((held) -> held != latest && !isPinned(held.name))
				// read once: the order of a sort must not change meanwhile
				.map((held) -> new LastUse(held, held.lastUsed - latest.lastUsed))
				.sorted(Comparator.comparingLong(LastUse::time))
				.map(LastUse::held)
				.toList();
			List<Held> without = candidates.stream().filter((held) -> !this.hasInstances.test(held.name)).toList();
			evicted.addAll(without.subList(0, Math.max(0, without.size() - MAX_WITHOUT_INSTANCES)));
			int excess = candidates.size() - evicted.size() - MAX_CONTEXTS;
			candidates.stream()
				.filter((held) -> !evicted.contains(held))
				.limit(Math.max(0, excess))
				.toList()
				.forEach(evicted::add);
			evicted.forEach((held) -> this.contexts.remove(held.name, held));
		}
		evicted.forEach((held) -> held.context.close());
	}

	private boolean isPinned(String name) {
		return getConfigurations().containsKey(name) || this.pinned.test(name);
	}

	private record LastUse(Held held, long time) {
	}

	private static final class Held {

		private final String name;

		private final GenericApplicationContext context;

		private volatile long lastUsed;

		private Held(String name, GenericApplicationContext context, long now) {
			this.name = name;
			this.context = context;
			this.lastUsed = now;
		}

		/** A write for each of many calls would slow all of them down. */
		private void used(long now) {
			if (now - this.lastUsed > PRECISION) {
				this.lastUsed = now;
			}
		}

	}

}
