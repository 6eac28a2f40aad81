package dev.cloudmap.discovery.change;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;

/**
 * The best that there is at the moment: what the registry tells by itself, and where it
 * tells nothing, another signal; but no call is made for what DNS told, which is looked
 * up in time anyway: a resolver's cache shows no change sooner for it. That a stream is
 * lost is told as a change; that there is one again only if it does not go on where the
 * last one ended.
 */
public final class AutoSignal implements ChangeSignal {

	private final WatchSignal watch;

	private final ChangeSignal otherwise;

	/**
	 * Creates the signal.
	 * @param watch what is preferred; not null
	 * @param otherwise what is used while that tells nothing; not null
	 */
	public AutoSignal(WatchSignal watch, ChangeSignal otherwise) {
		this.watch = watch;
		this.otherwise = otherwise;
	}

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		Choice choice = new Choice(service, listener);
		choice.begin();
		return choice;
	}

	@Override
	public Subscription subscribe(Namespace namespace, NamespaceListener listener) {
		return this.watch.subscribe(namespace, listener);
	}

	private final class Choice implements Subscription, Listener {

		private final ServiceName service;

		private final Listener listener;

		private volatile @Nullable Subscription watched;

		private volatile @Nullable Subscription substitute;

		private boolean closed;

		private Choice(ServiceName service, Listener listener) {
			this.service = service;
			this.listener = listener;
		}

		private void begin() {
			this.watched = AutoSignal.this.watch.subscribe(this.service, this::changed, this::choose);
			choose();
		}

		/**
		 * Nobody is told anything while this is locked.
		 */
		private synchronized void choose() {
			Subscription current = this.substitute;
			boolean needed = !this.closed && !isWatched();
			if (needed && current == null) {
				this.substitute = AutoSignal.this.otherwise.subscribe(this.service, this);
			}
			else if (!needed && current != null) {
				this.substitute = null;
				current.close();
			}
		}

		private boolean isWatched() {
			Subscription current = this.watched;
			return current != null && current.coverage() == Coverage.FULL;
		}

		@Override
		public void changed() {
			this.listener.changed();
		}

		@Override
		public boolean isWaiting() {
			return this.listener.isWaiting() && !this.listener.isDated();
		}

		@Override
		public boolean isDated() {
			return this.listener.isDated();
		}

		@Override
		public Coverage coverage() {
			Subscription current = this.substitute;
			if (isWatched()) {
				return Coverage.FULL;
			}
			return (current != null) ? current.coverage() : Coverage.NONE;
		}

		@Override
		public void close() {
			synchronized (this) {
				this.closed = true;
			}
			choose();
			Subscription current = this.watched;
			if (current != null) {
				current.close();
			}
		}

	}

}
