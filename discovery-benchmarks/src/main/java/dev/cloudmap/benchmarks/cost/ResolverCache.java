package dev.cloudmap.benchmarks.cost;

/**
 * Whether other clients share the cache of the VPC's resolver.
 */
enum ResolverCache {

	/**
	 * Only the application uses it. The resolver fetches an answer on a request of the
	 * application.
	 */
	UNSHARED,

	/**
	 * Many other clients use it. The resolver fetches an answer as soon as the previous
	 * one expires.
	 */
	SHARED

}
