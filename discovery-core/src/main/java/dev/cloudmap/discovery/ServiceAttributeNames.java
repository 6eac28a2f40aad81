package dev.cloudmap.discovery;

/**
 * The names of the attributes of a service itself, by which its owner says how it is to
 * be called. A caller's own settings of the service come before them.
 */
public final class ServiceAttributeNames {

	/** How long to wait for a connection: a duration such as {@code 500ms}. */
	public static final String CONNECT_TIMEOUT = "discovery.timeout.connect";

	/** How long to wait for the answer, over all attempts: such as {@code 2s}. */
	public static final String REQUEST_TIMEOUT = "discovery.timeout.request";

	/** How long to wait for more of an answer that has begun: such as {@code 30s}. */
	public static final String IDLE_TIMEOUT = "discovery.timeout.idle";

	/** How often a call that failed is sent again at most: a whole number. */
	public static final String MAX_RETRIES = "discovery.retry.max-retries";

	private ServiceAttributeNames() {
	}

}
