package dev.cloudmap.discovery.change;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;

/**
 * Tells what the registry tells by itself: one stream for each namespace that has
 * subscribers, however many these are. Where the registry tells nothing, neither does
 * this.
 */
public final class WatchSignal implements ChangeSignal {

	private static final Logger logger = LoggerFactory.getLogger(WatchSignal.class);

	private final Registry registry;

	/** Guarded by itself. */
	private final Map<Namespace, Stream> streams = new HashMap<>();

	/**
	 * Creates the signal.
	 * @param registry whom to watch; not null
	 */
	public WatchSignal(Registry registry) {
		this.registry = registry;
	}

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		return subscribe(service, listener::changed, () -> {
		});
	}

	@Override
	public Subscription subscribe(Namespace namespace, NamespaceListener listener) {
		return subscribe(namespace, null, listener, () -> {
		});
	}

	/**
	 * Begins to tell of a service's changes, and of a coverage that is another one, which
	 * is told first.
	 */
	Subscription subscribe(ServiceName service, Runnable changed, Runnable switched) {
		return subscribe(service.namespace(), key(service.name()), (name) -> changed.run(), switched);
	}

	private Subscription subscribe(Namespace namespace, @Nullable String service, NamespaceListener listener,
			Runnable switched) {
		synchronized (this.streams) {
			Stream stream = this.streams.computeIfAbsent(namespace, Stream::new);
			Subscriber subscriber = new Subscriber(stream, service, listener, switched);
			stream.subscribers.add(subscriber);
			stream.begin();
			return subscriber;
		}
	}

	private void leave(Subscriber subscriber) {
		Stream stream = subscriber.stream;
		synchronized (this.streams) {
			if (!stream.subscribers.remove(subscriber) || !stream.subscribers.isEmpty()) {
				return;
			}
			this.streams.remove(stream.namespace);
		}
		stream.end();
	}

	/**
	 * In a namespace with DNS look-ups take a name in any case. Where they don't, names
	 * that differ in nothing else are told of together, which does no harm.
	 */
	private static String key(String service) {
		return service.toLowerCase(Locale.ROOT);
	}

	/**
	 * What is told of one namespace.
	 */
	private final class Stream implements WatchListener {

		private final Namespace namespace;

		private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

		/** Null until it has begun, which may be told before. */
		private volatile @Nullable Watch watch;

		private volatile boolean open;

		private Stream(Namespace namespace) {
			this.namespace = namespace;
		}

		private void begin() {
			if (this.watch == null) {
				this.watch = WatchSignal.this.registry.watch(this.namespace, this);
			}
		}

		@Override
		public void onOpen() {
			this.open = true;
			this.subscribers.forEach((subscriber) -> run(subscriber.switched));
		}

		@Override
		public void onChange(String service) {
			String key = key(service);
			for (Subscriber subscriber : this.subscribers) {
				if (subscriber.service == null || subscriber.service.equals(key)) {
					run(() -> subscriber.listener.changed(service));
				}
			}
		}

		@Override
		public void onReset() {
			this.subscribers.forEach((subscriber) -> run(() -> subscriber.listener.changed(null)));
		}

		@Override
		public void onLost() {
			this.open = false;
			this.subscribers.forEach((subscriber) -> {
				run(subscriber.switched);
				run(() -> subscriber.listener.changed(null));
			});
		}

		private boolean isLive() {
			Watch begun = this.watch;
			return this.open && (begun == null || begun.isLive());
		}

		private void end() {
			Watch begun = this.watch;
			if (begun != null) {
				begun.close();
			}
		}

		private void run(Runnable told) {
			try {
				told.run();
			}
			catch (RuntimeException ex) {
				logger.error("Someone failed who was told of a change in {}", this.namespace, ex);
			}
		}

	}

	private final class Subscriber implements Subscription {

		private final Stream stream;

		/** Null if it receives the changes of all services. */
		private final @Nullable String service;

		private final NamespaceListener listener;

		private final Runnable switched;

		private Subscriber(Stream stream, @Nullable String service, NamespaceListener listener, Runnable switched) {
			this.stream = stream;
			this.service = service;
			this.listener = listener;
			this.switched = switched;
		}

		@Override
		public Coverage coverage() {
			return (this.stream.subscribers.contains(this) && this.stream.isLive()) ? Coverage.FULL : Coverage.NONE;
		}

		@Override
		public void close() {
			leave(this);
		}

	}

}
