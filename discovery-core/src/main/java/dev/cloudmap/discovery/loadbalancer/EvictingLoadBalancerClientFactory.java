package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.support.GenericApplicationContext;

import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;

/**
 * Spring Cloud's factory of load balancers, each of which has an application context of
 * its own of about 100 kilobytes. Spring Cloud keeps the context of every name that was
 * ever called. This factory keeps those of services that have a configuration of their
 * own, those of services with instances up to a number, those that were used within the
 * last minute up to the same number, and a few others: so calls of made-up names do not
 * fill the memory. Contexts are evicted when another one is created. An evicted context
 * is closed later, since a call may still use it. The next call of its name creates
 * another one. Thread-safe.
 */
public final class EvictingLoadBalancerClientFactory extends LoadBalancerClientFactory {

	/**
	 * Contexts of services without known instances that are kept though they were not
	 * used within {@link #RECENT}. Services are among them whose instances another
	 * supplier than the catalog's finds.
	 */
	static final int MAX_WITHOUT_INSTANCES = 100;

	/**
	 * For how long after a use a context is kept if there are not too many in all: its
	 * service may have instances that the first lookup has yet to find.
	 */
	static final Duration RECENT = Duration.ofMinutes(1);

	/** Evicted contexts that are not closed yet. */
	static final int MAX_EVICTED = 50;

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

	/** To be closed, in this order; guarded by the lock of the contexts. */
	private final Queue<Held> evicted = new ArrayDeque<>();

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
			all = new ArrayList<>(this.contexts.values());
			all.addAll(this.evicted);
			this.contexts.clear();
			this.evicted.clear();
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
		List<Held> closed = new ArrayList<>();
		synchronized (this.contexts) {
			// read once: the order of a sort must not change meanwhile
			List<Candidate> candidates = this.contexts.values()
				.stream()
				.filter((held) -> held != latest && !isPinned(held.name))
				.map((held) -> new Candidate(held, latest.lastUsed - held.lastUsed, this.hasInstances.test(held.name)))
				.sorted(Candidate.FIRST_TO_EVICT)
				.toList();
			long unused = candidates.stream().filter(Candidate::isUnused).count();
			long excess = Math.max(unused - MAX_WITHOUT_INSTANCES, candidates.size() - MAX_CONTEXTS);
			candidates.stream().limit(Math.max(0, excess)).map(Candidate::held).forEach((held) -> {
				this.contexts.remove(held.name, held);
				this.evicted.add(held);
			});
			while (this.evicted.size() > MAX_EVICTED) {
				closed.add(this.evicted.remove());
			}
		}
		closed.forEach((held) -> held.context.close());
	}

	private boolean isPinned(String name) {
		return getConfigurations().containsKey(name) || this.pinned.test(name);
	}

	/**
	 * A context that may be evicted.
	 *
	 * @param held the context
	 * @param age the time since its last use, in nanoseconds
	 * @param hasInstances whether its service is known to have instances
	 */
	private record Candidate(Held held, long age, boolean hasInstances) {

		/** Services without instances first, and of these the least recently used. */
		static final Comparator<Candidate> FIRST_TO_EVICT = Comparator.comparing(Candidate::hasInstances)
			.thenComparing(Comparator.comparingLong(Candidate::age).reversed());

		boolean isUnused() {
			return !this.hasInstances && this.age > RECENT.toNanos();
		}

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
