package dev.cloudmap.discovery.registry;

/**
 * Is told what changes in a namespace that is watched. It is told one thing after the
 * other, and must not block.
 */
public interface WatchListener {

	/**
	 * Changes are told from now on, and those of an interruption too, unless
	 * {@link #onReset()} follows.
	 */
	void onOpen();

	/**
	 * A look-up of a service would find something else than before.
	 * @param service the service's name without the namespace, as it was given when the
	 * service was created; not null
	 */
	void onChange(String service);

	/**
	 * Any service may have changed: what happened meanwhile is not known.
	 */
	void onReset();

	/**
	 * Changes are told no more, until {@link #onOpen()}.
	 */
	void onLost();

}
