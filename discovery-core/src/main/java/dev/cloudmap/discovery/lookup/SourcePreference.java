package dev.cloudmap.discovery.lookup;

/**
 * The source that the lookup of a service requires.
 */
public enum SourcePreference {

	/** DNS first: the lookup needs only the members of the service. */
	DNS,

	/**
	 * The API first: it applies a preference among instances. DNS is the fallback.
	 */
	API,

	/**
	 * The API only: it filters instances, which DNS cannot.
	 */
	API_ONLY

}
