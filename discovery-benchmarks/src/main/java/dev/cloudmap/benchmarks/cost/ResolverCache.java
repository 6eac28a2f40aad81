package dev.cloudmap.benchmarks.cost;

/**
 * Who keeps the answers in the cache of the VPC's resolver fresh.
 */
enum ResolverCache {

	/** Nobody but the application itself: an answer is fetched when it asks. */
	OF_ONE,

	/** So many others that an answer is fetched as soon as the last one ends. */
	OF_MANY

}
