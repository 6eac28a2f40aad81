package dev.cloudmap.discovery.registry;

/**
 * Receives the changes in a namespace. The methods are called one after the other and
 * must not block.
 */
public interface WatchListener {

	/**
	 * Changes are reported from now on. Those of an interruption follow.
	 */
	void onOpen();

	/**
	 * A service has changed, so that a lookup may return something else.
	 * @param service the service's name without the namespace, as given when the service
	 * was created
	 */
	void onChange(String service);

	/**
	 * Any service may have changed.
	 */
	void onReset();

	/**
	 * Changes are not reported until {@link #onOpen()}.
	 */
	void onLost();

}
