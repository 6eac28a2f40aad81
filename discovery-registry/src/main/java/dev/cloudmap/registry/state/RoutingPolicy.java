package dev.cloudmap.registry.state;

/**
 * How many instances one DNS answer names.
 */
public enum RoutingPolicy {

	/** Up to eight. */
	MULTIVALUE,

	/** Exactly one, each equally likely. */
	WEIGHTED

}
