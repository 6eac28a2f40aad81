package dev.cloudmap.discovery.loadbalancer.outlier;

import java.util.List;
import java.util.function.Consumer;

import dev.cloudmap.discovery.ServiceName;

/**
 * Receives what happens to calls, on the threads of the calls. It must not block.
 */
public interface CallListener {

	/** Does nothing. */
	CallListener NONE = new CallListener() {
	};

	/**
	 * Combines listeners, which are called in order.
	 */
	static CallListener all(List<CallListener> listeners) {
		return new CallListener() {

			@Override
			public void began(ServiceName service, String instance, long now) {
				each((listener) -> listener.began(service, instance, now));
			}

			@Override
			public void ended(ServiceName service, String instance, Attempt.Ending ending) {
				each((listener) -> listener.ended(service, instance, ending));
			}

			@Override
			public void ejected(ServiceName service) {
				each((listener) -> listener.ejected(service));
			}

			@Override
			public void retried(ServiceName service, CallOutcome outcome) {
				each((listener) -> listener.retried(service, outcome));
			}

			@Override
			public void retryDenied(ServiceName service) {
				each((listener) -> listener.retryDenied(service));
			}

			private void each(Consumer<CallListener> action) {
				listeners.forEach(action);
			}

		};
	}

	/**
	 * A request is sent to an instance.
	 * @param service the service of the instance
	 * @param instance the id of the instance
	 * @param now the nanoseconds of the monotonic clock
	 */
	default void began(ServiceName service, String instance, long now) {
	}

	/**
	 * A request to an instance ends.
	 * @param service the service of the instance
	 * @param instance the id of the instance
	 * @param ending how it ended
	 */
	default void ended(ServiceName service, String instance, Attempt.Ending ending) {
	}

	/**
	 * An instance is ejected.
	 * @param service the service of the instance
	 */
	default void ejected(ServiceName service) {
	}

	/**
	 * A request is sent again, to another instance.
	 * @param service the service
	 * @param outcome the outcome of the previous attempt
	 */
	default void retried(ServiceName service, CallOutcome outcome) {
	}

	/**
	 * A request is not sent again, because the retry budget is used up.
	 * @param service the service
	 */
	default void retryDenied(ServiceName service) {
	}

}
