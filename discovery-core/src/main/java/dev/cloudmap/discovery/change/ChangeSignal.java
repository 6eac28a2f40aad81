package dev.cloudmap.discovery.change;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;

/**
 * Reports that a lookup of a service would return something else than before, but not
 * what: the listener looks it up, from whichever source.
 */
public interface ChangeSignal {

	/**
	 * Starts to report the changes of a service. Does not block.
	 * @param service the service
	 * @param listener receives the changes
	 * @return ends the subscription
	 */
	Subscription subscribe(ServiceName service, Listener listener);

	/**
	 * Starts to report which services of a namespace change, whether or not they have
	 * subscribers. Does not block.
	 * @param namespace the namespace
	 * @param listener receives the changes
	 * @return ends the subscription; its coverage is {@link Coverage#NONE} where this
	 * signal reports the changes of single services only
	 */
	default Subscription subscribe(Namespace namespace, NamespaceListener listener) {
		return NoSignal.SILENT;
	}

	/**
	 * How often reports of the registry have continued after an interruption.
	 */
	default long reconnects() {
		return 0;
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
	 * Receives the changes of one service. A signal that makes calls to find changes uses
	 * {@link #isWaiting()} and {@link #isDated()} before each; they must not block.
	 */
	@FunctionalInterface
	interface Listener {

		/**
		 * The service has changed, or may have. Runs on one of the library's threads and
		 * must not block.
		 */
		void changed();

		/**
		 * Whether changes are needed now. If not, they need not be reported.
		 */
		default boolean isWaiting() {
			return true;
		}

		/**
		 * Whether the last result has an expiry, as results of DNS have, and is looked up
		 * again at that time.
		 */
		default boolean isDated() {
			return false;
		}

	}

	/**
	 * A subscription to changes.
	 */
	interface Subscription extends AutoCloseable {

		/**
		 * Which changes are reported at the moment.
		 */
		Coverage coverage();

		/**
		 * Ends the subscription. Does nothing if it has ended.
		 */
		@Override
		void close();

	}

	/**
	 * Which changes are reported.
	 */
	enum Coverage {

		/** All changes, at once. */
		FULL,

		/** Registrations and deregistrations, after a short time; not the health. */
		MEMBERS,

		/** None. */
		NONE

	}

}
