package dev.cloudmap.discovery.registry;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Filter for the instances that a lookup returns (Cloud Map API reference,
 * {@code DiscoverInstances}).
 *
 * @param query attributes that an instance must have
 * @param optional attributes that an instance must have as long as at least one instance
 * has them
 * @param health the health that an instance must have
 * @param tag the tag that an instance must have, in a registry with tags such as Consul;
 * null if none
 */
public record LookupFilter(Map<String, String> query, Map<String, String> optional, Health health,
		@Nullable String tag) {

	/** The default, which is also the behavior of DNS. */
	public static final LookupFilter NONE = new LookupFilter(Map.of(), Map.of(), Health.HEALTHY_OR_ELSE_ALL);

	/** All instances, whatever their health. */
	public static final LookupFilter ALL = new LookupFilter(Map.of(), Map.of(), Health.ALL);

	/**
	 * Health that instances must have.
	 */
	public enum Health {

		/** Healthy. */
		HEALTHY,

		/** Unhealthy. */
		UNHEALTHY,

		/** Any. */
		ALL,

		/** Healthy, or any where none is healthy. */
		HEALTHY_OR_ELSE_ALL

	}

	public LookupFilter {
		query = Map.copyOf(query);
		optional = Map.copyOf(optional);
	}

	/**
	 * A filter without a tag.
	 */
	public LookupFilter(Map<String, String> query, Map<String, String> optional, Health health) {
		this(query, optional, health, null);
	}

	/**
	 * Whether a source without filters returns the same instances. DNS has names for
	 * tags.
	 */
	public boolean isNone() {
		return this.query.isEmpty() && this.optional.isEmpty() && this.health == Health.HEALTHY_OR_ELSE_ALL;
	}

	/**
	 * Whether a source without filters may return instances that must not be called.
	 */
	public boolean isBinding() {
		return !this.query.isEmpty() || this.health != Health.HEALTHY_OR_ELSE_ALL;
	}

}
