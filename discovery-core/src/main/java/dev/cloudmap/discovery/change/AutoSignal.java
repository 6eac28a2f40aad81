package dev.cloudmap.discovery.change;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;

/**
 * The changes that the registry reports itself and, while it reports none, those of
 * another signal. The other signal makes no calls for results of DNS, which are looked up
 * again when they expire: a DNS cache shows no change sooner. An interruption of the
 * registry's reports is a change.
 */
public final class AutoSignal implements ChangeSignal {

	private final WatchSignal watch;

	private final ChangeSignal otherwise;

	/**
	 * Creates the signal.
	 * @param watch the preferred signal
	 * @param otherwise the signal that is used while the preferred one reports nothing
	 */
	public AutoSignal(WatchSignal watch, ChangeSignal otherwise) {
		this.watch = watch;
		this.otherwise = otherwise;
	}

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		Subscription watched = this.watch.subscribe(service, listener);
		return new Both(watched, this.otherwise.subscribe(service, new Substitute(watched, listener)));
	}

	@Override
	public Subscription subscribe(Namespace namespace, NamespaceListener listener) {
		return this.watch.subscribe(namespace, listener);
	}

	@Override
	public long reconnects() {
		return this.watch.reconnects();
	}

	private static boolean isFull(Subscription watched) {
		return watched.coverage() == Coverage.FULL;
	}

	/**
	 * The listener of the other signal, which waits for changes only while the registry
	 * reports none.
	 */
	private record Substitute(Subscription watched, Listener listener) implements Listener {

		@Override
		public void changed() {
			this.listener.changed();
		}

		@Override
		public boolean isWaiting() {
			return !isFull(this.watched) && this.listener.isWaiting() && !this.listener.isDated();
		}

		@Override
		public boolean isDated() {
			return this.listener.isDated();
		}

	}

	private record Both(Subscription watched, Subscription substitute) implements Subscription {

		@Override
		public Coverage coverage() {
			return isFull(this.watched) ? Coverage.FULL : this.substitute.coverage();
		}

		@Override
		public void close() {
			this.watched.close();
			this.substitute.close();
		}

	}

}
