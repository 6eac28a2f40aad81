package dev.cloudmap.discovery.lookup;

/**
 * What a lookup of a service needs, which decides who is asked.
 */
public enum SourcePreference {

	/** Which instances there are, which DNS knows: it is asked first. */
	DNS,

	/**
	 * A preference among the instances that only the API can apply. DNS is used where the
	 * API gives no answer.
	 */
	API,

	/**
	 * A choice among the instances that only the API can make. DNS is never used: it
	 * would find other instances.
	 */
	API_ONLY

}
