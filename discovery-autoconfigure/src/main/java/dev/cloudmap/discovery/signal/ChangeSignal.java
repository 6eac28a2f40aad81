package dev.cloudmap.discovery.signal;

import dev.cloudmap.discovery.ServiceName;

/**
 * Tells when a look-up of a service would find something else than before. What that is
 * it does not tell: whoever listens looks up, by the way of its own choice.
 */
public interface ChangeSignal {

	/**
	 * Begins to tell of a service's changes. Blocks nobody.
	 * @param service the service; not null
	 * @param changed run on one of the library's threads, and must not block, whenever
	 * the service has changed or may have changed unnoticed; not null
	 * @return what ends it; never null
	 */
	Subscription subscribe(ServiceName service, Runnable changed);

	/**
	 * The telling of one service's changes.
	 */
	interface Subscription extends AutoCloseable {

		/**
		 * How well changes are told at the moment.
		 */
		Coverage coverage();

		/**
		 * Ends it. To end it again does nothing.
		 */
		@Override
		void close();

	}

	/**
	 * How well changes are told.
	 */
	enum Coverage {

		/** All of them, at once. */
		FULL,

		/** Which instances there are, soon; not how healthy they are. */
		MEMBERS,

		/** None: only looking helps. */
		NONE

	}

}
