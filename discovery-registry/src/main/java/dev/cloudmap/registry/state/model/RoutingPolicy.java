package dev.cloudmap.registry.state.model;

/**
 * The number of instances in a DNS response.
 */
public enum RoutingPolicy {

	/** Up to eight. */
	MULTIVALUE,

	/** One, at random. */
	WEIGHTED

}
