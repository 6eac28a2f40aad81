package dev.cloudmap.discovery.loadbalancer;

import dev.cloudmap.discovery.ServiceName;

/**
 * Is told what is done about calls that fail, on the threads of the calls. It must not
 * block.
 */
public interface CallListener {

	/**
	 * Does nothing.
	 */
	CallListener NONE = new CallListener() {
	};

	/**
	 * An instance is ejected.
	 * @param service its service; not null
	 */
	default void ejected(ServiceName service) {
	}

	/**
	 * A request is sent again, to another instance.
	 * @param service the service; not null
	 * @param outcome how it failed before; not null
	 */
	default void retried(ServiceName service, CallOutcome outcome) {
	}

	/**
	 * A request would have been sent again, but too many others were.
	 * @param service the service; not null
	 */
	default void retryDenied(ServiceName service) {
	}

}
