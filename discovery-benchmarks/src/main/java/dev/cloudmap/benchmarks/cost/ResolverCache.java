package dev.cloudmap.benchmarks.cost;

/**
 * The clients that share the cache of the VPC's resolver.
 */
enum ResolverCache {

	/**
	 * The application only. The resolver fetches an answer for a request of the
	 * application.
	 */
	OF_ONE,

	/**
	 * Many other clients. The resolver fetches an answer as soon as the previous one
	 * expires.
	 */
	OF_MANY

}
