package dev.cloudmap.discovery.loadbalancer;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The load balancers of the names that need no application context of their own. Keeps a
 * maximum number of names: first those without known instances are dropped, then all that
 * are not pinned. A dropped name gets a new load balancer with its next call.
 * Thread-safe.
 */
final class DirectLoadBalancers {

	private final int maxNames;

	private final Predicate<String> pinned;

	private final Predicate<String> hasInstances;

	/** Empty for a name that needs a context. */
	private final Function<String, Optional<CatalogLoadBalancer>> create;

	private final Map<String, Optional<CatalogLoadBalancer>> known = new ConcurrentHashMap<>();

	/**
	 * Creates the collection.
	 * @param maxNames the maximum number of names
	 * @param pinned whether a name is never dropped
	 * @param hasInstances whether a service is known to have instances; must not block
	 * @param create creates the load balancer of a name; empty for a name that needs a
	 * context
	 */
	DirectLoadBalancers(int maxNames, Predicate<String> pinned, Predicate<String> hasInstances,
			Function<String, Optional<CatalogLoadBalancer>> create) {
		this.maxNames = maxNames;
		this.pinned = pinned;
		this.hasInstances = hasInstances;
		this.create = create;
	}

	/**
	 * The load balancer of a name.
	 * @return the load balancer; null for a name that needs a context
	 */
	@Nullable CatalogLoadBalancer find(String name) {
		Optional<CatalogLoadBalancer> found = this.known.get(name);
		return ((found != null) ? found : create(name)).orElse(null);
	}

	private Optional<CatalogLoadBalancer> create(String name) {
		if (this.known.size() >= this.maxNames) {
			this.known.keySet().removeIf((other) -> !this.pinned.test(other) && !this.hasInstances.test(other));
		}
		if (this.known.size() >= this.maxNames) {
			this.known.keySet().removeIf((other) -> !this.pinned.test(other));
		}
		Optional<CatalogLoadBalancer> created = this.create.apply(name);
		Optional<CatalogLoadBalancer> before = this.known.putIfAbsent(name, created);
		return (before != null) ? before : created;
	}

}
