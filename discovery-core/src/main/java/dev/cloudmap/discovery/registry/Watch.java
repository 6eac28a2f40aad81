package dev.cloudmap.discovery.registry;

/**
 * The watching of one namespace. It goes on, with interruptions where it can't be helped,
 * until it is closed.
 */
public interface Watch extends AutoCloseable {

	/** Tells nothing, ever. */
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
	 * Whether a change would be told now.
	 */
	boolean isLive();

	/**
	 * Ends it at once. To end it again does nothing.
	 */
	@Override
	void close();

}
