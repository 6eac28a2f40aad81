package dev.cloudmap.discovery.registry;

/**
 * A watch for changes in one namespace. It continues, with interruptions, until it is
 * closed.
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
	 * Ends the watch at once. Does nothing if it has ended.
	 */
	@Override
	void close();

}
