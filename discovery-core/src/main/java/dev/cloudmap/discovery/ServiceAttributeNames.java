package dev.cloudmap.discovery;

/**
 * The names of service attributes, by which the owner of a service configures its
 * callers. The caller's own settings for the service take precedence.
 */
public final class ServiceAttributeNames {

	/** The connect timeout: a duration such as {@code 500ms}. */
	public static final String CONNECT_TIMEOUT = "discovery.timeout.connect";

	/** The timeout of a request over all attempts, such as {@code 2s}. */
	public static final String REQUEST_TIMEOUT = "discovery.timeout.request";

	/** The timeout between two parts of a response body, such as {@code 30s}. */
	public static final String IDLE_TIMEOUT = "discovery.timeout.idle";

	/** The maximum number of retries of a failed call: a whole number. */
	public static final String MAX_RETRIES = "discovery.retry.max-retries";

	private ServiceAttributeNames() {
	}

}
