package dev.cloudmap.discovery.change;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;

/**
 * The changes that the registry reports itself. All subscribers of a namespace share one
 * watch.
 */
public final class WatchSignal implements ChangeSignal {

	private static final Logger logger = LoggerFactory.getLogger(WatchSignal.class);

	private final Registry registry;

	/** Guarded by itself. */
	private final Map<Namespace, WatchedNamespace> namespaces = new HashMap<>();

	private final LongAdder reconnects = new LongAdder();

	/**
	 * Creates the signal.
	 * @param registry the registry to watch
	 */
	public WatchSignal(Registry registry) {
		this.registry = registry;
	}

	@Override
	public Subscription subscribe(ServiceName service, Listener listener) {
		// In a namespace with DNS lookups ignore the case of names. Elsewhere names that
		// differ in case only share their changes, which costs a lookup.
		String key = key(service.name());
		return subscribe(service.namespace(), service.name(), (changed) -> key(changed).equals(key),
				(changed) -> listener.changed());
	}

	@Override
	public Subscription subscribe(Namespace namespace, NamespaceListener listener) {
		return subscribe(namespace, null, (changed) -> true, listener);
	}

	@Override
	public long reconnects() {
		return this.reconnects.sum();
	}

	/**
	 * Subscribes to a namespace.
	 * @param service the service to follow; null for the list of services
	 */
	private Subscription subscribe(Namespace namespace, @Nullable String service, Predicate<String> services,
			NamespaceListener listener) {
		synchronized (this.namespaces) {
			WatchedNamespace watched = this.namespaces.computeIfAbsent(namespace, WatchedNamespace::new);
			Subscriber subscriber = new Subscriber(watched, service, services, listener);
			boolean isFirst = !watched.isFollowed(service);
			watched.subscribers.add(subscriber);
			Watch watch = watched.begin();
			if (isFirst) {
				watch.follow(service);
			}
			return subscriber;
		}
	}

	private void remove(Subscriber subscriber) {
		WatchedNamespace watched = subscriber.watched;
		synchronized (this.namespaces) {
			if (!watched.subscribers.remove(subscriber)) {
				return;
			}
			if (!watched.isFollowed(subscriber.service)) {
				watched.begin().unfollow(subscriber.service);
			}
			if (!watched.subscribers.isEmpty()) {
				return;
			}
			this.namespaces.remove(watched.namespace);
		}
		watched.end();
	}

	private static String key(String service) {
		return service.toLowerCase(Locale.ROOT);
	}

	private final class WatchedNamespace implements WatchListener {

		private final Namespace namespace;

		private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

		/** Null until it has begun; it may report changes before. */
		private volatile @Nullable Watch watch;

		private volatile boolean open;

		private volatile boolean lost;

		private WatchedNamespace(Namespace namespace) {
			this.namespace = namespace;
		}

		private boolean isFollowed(@Nullable String service) {
			return this.subscribers.stream().anyMatch((subscriber) -> Objects.equals(subscriber.service, service));
		}

		private Watch begin() {
			Watch begun = this.watch;
			if (begun == null) {
				begun = WatchSignal.this.registry.watch(this.namespace, this);
				this.watch = begun;
			}
			return begun;
		}

		@Override
		public void onOpen() {
			this.open = true;
			if (this.lost) {
				this.lost = false;
				WatchSignal.this.reconnects.increment();
			}
		}

		@Override
		public void onChange(String service) {
			this.subscribers.stream()
				.filter((subscriber) -> subscriber.services.test(service))
				.forEach((subscriber) -> notify(subscriber, service));
		}

		@Override
		public void onReset() {
			this.subscribers.forEach((subscriber) -> notify(subscriber, null));
		}

		@Override
		public void onLost() {
			this.open = false;
			this.lost = true;
			onReset();
		}

		private void notify(Subscriber subscriber, @Nullable String service) {
			try {
				subscriber.listener.changed(service);
			}
			catch (RuntimeException ex) {
				logger.error("A listener failed on a change in namespace {}", this.namespace, ex);
			}
		}

		private boolean isLive(@Nullable String service) {
			Watch begun = this.watch;
			return this.open && (begun == null || begun.isLive(service));
		}

		private void end() {
			Watch begun = this.watch;
			if (begun != null) {
				begun.close();
			}
		}

	}

	private final class Subscriber implements Subscription {

		private final WatchedNamespace watched;

		/** The service to follow; null for the list of services. */
		private final @Nullable String service;

		private final Predicate<String> services;

		private final NamespaceListener listener;

		private Subscriber(WatchedNamespace watched, @Nullable String service, Predicate<String> services,
				NamespaceListener listener) {
			this.watched = watched;
			this.service = service;
			this.services = services;
			this.listener = listener;
		}

		@Override
		public Coverage coverage() {
			return (this.watched.subscribers.contains(this) && this.watched.isLive(this.service)) ? Coverage.FULL
					: Coverage.NONE;
		}

		@Override
		public void close() {
			remove(this);
		}

	}

}
