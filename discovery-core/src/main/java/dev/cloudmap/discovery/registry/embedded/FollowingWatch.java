package dev.cloudmap.discovery.registry.embedded;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;

/**
 * Watches a namespace of the embedded registry, wherever it runs at the moment.
 */
final class FollowingWatch implements Watch {

	private final Namespace namespace;

	private final WatchListener listener;

	private final Consumer<FollowingWatch> onClose;

	private @Nullable Registry registry;

	private Watch watch = Watch.NEVER;

	private boolean closed;

	FollowingWatch(Namespace namespace, WatchListener listener, Consumer<FollowingWatch> onClose) {
		this.namespace = namespace;
		this.listener = listener;
		this.onClose = onClose;
	}

	/**
	 * Watches this registry from now on, instead of the one before.
	 */
	void follow(Registry next) {
		Watch before;
		synchronized (this) {
			if (this.closed || this.registry == next) {
				return;
			}
			before = this.watch;
			this.watch = Watch.NEVER;
			this.registry = next;
		}
		boolean wasLive = before.isLive();
		before.close();
		if (wasLive) {
			this.listener.onLost();
		}
		synchronized (this) {
			if (!this.closed && this.registry == next) {
				this.watch = next.watch(this.namespace, this.listener);
			}
		}
	}

	@Override
	public synchronized boolean isLive() {
		return this.watch.isLive();
	}

	@Override
	public void close() {
		Watch last;
		synchronized (this) {
			this.closed = true;
			last = this.watch;
			this.watch = Watch.NEVER;
		}
		last.close();
		this.onClose.accept(this);
	}

}
