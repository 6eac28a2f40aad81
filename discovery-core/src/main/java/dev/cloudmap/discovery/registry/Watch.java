package dev.cloudmap.discovery.registry;

import org.jspecify.annotations.Nullable;

/**
 * A watch for changes in one namespace, of the services that are followed. It continues,
 * with interruptions, until it is closed.
 */
public interface Watch extends AutoCloseable {

	/** A watch that reports nothing. */
	Watch NEVER = new Watch() {

		@Override
		public boolean isLive() {
			return false;
		}

		@Override
		public void close() {
		}

	};

	/**
	 * Whether changes are being reported.
	 */
	boolean isLive();

	/**
	 * Whether the changes of a service are being reported.
	 * @param service the service's name without the namespace; null for the list of
	 * services
	 */
	default boolean isLive(@Nullable String service) {
		return isLive();
	}

	/**
	 * Starts to report the changes of a service. A registry that reports the changes of
	 * all services of a namespace together ignores it. Does not block.
	 * @param service the service's name without the namespace; null for the list of
	 * services
	 */
	default void follow(@Nullable String service) {
	}

	/**
	 * Stops to report the changes of a service.
	 * @param service the service as in {@link #follow}
	 */
	default void unfollow(@Nullable String service) {
	}

	/**
	 * Ends the watch at once. Does nothing if it has ended.
	 */
	@Override
	void close();

}
