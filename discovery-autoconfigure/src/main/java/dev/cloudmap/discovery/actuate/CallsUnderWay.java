package dev.cloudmap.discovery.actuate;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The calls that have begun and not ended, by the load balancer's request. One whose end
 * nobody tells counts until its request is collected as garbage.
 */
final class CallsUnderWay {

	/**
	 * A call.
	 *
	 * @param meters the meters of the instance that was chosen for it; never null
	 * @param began when it began, in the nanoseconds of the meters' clock
	 */
	record Call(InstanceMeters meters, long began) {
	}

	private final Map<Key, Call> calls = new ConcurrentHashMap<>();

	private final ReferenceQueue<Object> forgotten = new ReferenceQueue<>();

	/**
	 * A call begins.
	 * @param request the load balancer's request; not null
	 * @param call the call; not null
	 */
	void begin(Object request, Call call) {
		forget();
		call.meters().began();
		Call before = this.calls.put(new Key(request, this.forgotten), call);
		if (before != null) {
			before.meters().ended();
		}
	}

	/**
	 * A call ends.
	 * @param request the load balancer's request; not null
	 * @return the call; null if none has begun
	 */
	@Nullable Call end(Object request) {
		Call call = this.calls.remove(new Key(request, null));
		if (call != null) {
			call.meters().ended();
		}
		return call;
	}

	/**
	 * Ends the calls that nobody will end any more.
	 */
	void forget() {
		Reference<?> gone;
		while ((gone = this.forgotten.poll()) != null) {
			Call call = this.calls.remove(gone);
			if (call != null) {
				call.meters().ended();
			}
		}
	}

	/** The same for the same object, whatever that is equal to. */
	private static final class Key extends WeakReference<Object> {

		private final int hash;

		Key(Object request, @Nullable ReferenceQueue<Object> queue) {
			super(request, queue);
			this.hash = System.identityHashCode(request);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			if (this == other) {
				return true;
			}
			Object request = get();
			return request != null && other instanceof Key that && request == that.get();
		}

		@Override
		public int hashCode() {
			return this.hash;
		}

	}

}
