package dev.cloudmap.discovery.loadbalancer;

import java.util.List;

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
	 * Tells several, one after the other.
	 * @param listeners the listeners; not null
	 * @return a listener that tells them; never null
	 */
	static CallListener all(List<CallListener> listeners) {
		List<CallListener> told = List.copyOf(listeners);
		return new CallListener() {
			@Override
			public void ejected(ServiceName service) {
				told.forEach((listener) -> listener.ejected(service));
			}

			@Override
			public void retried(ServiceName service, CallOutcome outcome) {
				told.forEach((listener) -> listener.retried(service, outcome));
			}

			@Override
			public void retryDenied(ServiceName service) {
				told.forEach((listener) -> listener.retryDenied(service));
			}
		};
	}

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
