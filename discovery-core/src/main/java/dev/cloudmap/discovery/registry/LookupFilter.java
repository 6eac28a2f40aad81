package dev.cloudmap.discovery.registry;

import java.util.Map;

/**
 * Which instances of a service a look-up is to find (Cloud Map API reference,
 * {@code DiscoverInstances}).
 *
 * @param query attributes that an instance must have; never null, immutable
 * @param optional attributes that an instance must have as long as any has them; never
 * null, immutable
 * @param health how healthy it must be; never null
 */
public record LookupFilter(Map<String, String> query, Map<String, String> optional, Health health) {

	/** What everybody wants who says nothing, and what DNS tells. */
	public static final LookupFilter NONE = new LookupFilter(Map.of(), Map.of(), Health.HEALTHY_OR_ELSE_ALL);

	/** All instances, whatever their health. */
	public static final LookupFilter ALL = new LookupFilter(Map.of(), Map.of(), Health.ALL);

	/**
	 * Which health instances must have.
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
	 * Whether a source that knows no filters finds the same.
	 */
	public boolean isNone() {
		return equals(NONE);
	}

	/**
	 * Whether a source that knows no filters may find instances that are not to be
	 * called.
	 */
	public boolean isBinding() {
		return !this.query.isEmpty() || this.health != Health.HEALTHY_OR_ELSE_ALL;
	}

}
