package dev.cloudmap.discovery.source;

/**
 * What a look-up of a service needs, which decides who is asked.
 */
public enum SourcePreference {

	/** Whatever DNS tells is enough, and it is asked first. */
	DNS,

	/**
	 * Attributes, which DNS does not tell. It stands in where the API gives no answer.
	 */
	API,

	/**
	 * A choice among the instances by what DNS does not tell. It can't stand in, for it
	 * would lead to others.
	 */
	API_ONLY

}
