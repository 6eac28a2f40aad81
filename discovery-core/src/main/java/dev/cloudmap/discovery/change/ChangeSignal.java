package dev.cloudmap.discovery.change;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;

/**
 * Tells when a look-up of a service would find something else than before. What that is
 * it does not tell: whoever listens looks up, by the way of its own choice.
 */
public interface ChangeSignal {

	/**
	 * Begins to tell of a service's changes. Blocks nobody.
	 * @param service the service; not null
	 * @param listener who is told; not null
	 * @return what ends it; never null
	 */
	Subscription subscribe(ServiceName service, Listener listener);

	/**
	 * Begins to report which services of a namespace change, whether or not anybody has
	 * subscribed to them. Does not block.
	 * @param namespace the namespace
	 * @param listener receives the changes
	 * @return ends the subscription; its coverage is {@link Coverage#NONE} where this
	 * signal reports the changes of single services only
	 */
	default Subscription subscribe(Namespace namespace, NamespaceListener listener) {
		return NoSignal.SILENT;
	}

	/**
	 * Receives the changes of all services of a namespace.
	 */
	@FunctionalInterface
	interface NamespaceListener {

		/**
		 * A service has changed. Runs on one of the library's threads and must not block.
		 * @param service the service's name without the namespace; null if any service
		 * may have changed
		 */
		void changed(@Nullable String service);

	}

	/**
	 * Who is told of one service's changes, and what that is worth at the moment: what
	 * makes calls to tell asks before each. Asking must not block.
	 */
	@FunctionalInterface
	interface Listener {

		/**
		 * The service has changed, or may have changed unnoticed. Called on one of the
		 * library's threads, and must not block.
		 */
		void changed();

		/**
		 * Whether anybody is waiting for changes. Where nobody is, they need not be told
		 * until somebody is again.
		 */
		default boolean isWaiting() {
			return true;
		}

		/**
		 * Whether what is known says itself until when it holds, as what DNS told, and so
		 * is looked up in time anyway.
		 */
		default boolean isDated() {
			return false;
		}

	}

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
