package dev.cloudmap.discovery.registry.consul;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;
import dev.cloudmap.discovery.registry.watch.BlockingQuery;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException;
import dev.cloudmap.discovery.registry.watch.BlockingQueryLoop;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Watches the services of a namespace that are followed: one blocking query for each,
 * whose answers are kept as the instances of the service, and one for the list of
 * services. Thread-safe.
 */
final class ConsulWatch implements Watch {

	private static final Logger logger = LoggerFactory.getLogger(ConsulWatch.class);

	private final Namespace namespace;

	private final Queries queries;

	private final Timer timer;

	private final WatchListener listener;

	private final Consumer<ConsulWatch> onClose;

	private final Map<String, Followed<List<ConsulInstance>>> services = new ConcurrentHashMap<>();

	private volatile @Nullable Followed<Set<String>> list;

	/** Held while the listener is called, which makes the calls sequential. */
	private final Object notification = new Object();

	/** Whether the listener expects changes. Guarded by {@link #notification}. */
	private boolean open;

	private volatile boolean closed;

	/** Whether the current failure was logged. Guarded by {@link #notification}. */
	private boolean logged;

	/**
	 * Creates a watch that follows nothing yet.
	 * @param namespace the namespace
	 * @param queries creates its queries
	 * @param onClose called when the watch has ended
	 */
	ConsulWatch(Namespace namespace, Queries queries, Timer timer, WatchListener listener,
			Consumer<ConsulWatch> onClose) {
		this.namespace = namespace;
		this.queries = queries;
		this.timer = timer;
		this.listener = listener;
		this.onClose = onClose;
	}

	@Override
	public void follow(@Nullable String service) {
		Followed<?> followed;
		if (service == null) {
			Followed<Set<String>> names = new Followed<>(this.queries.list(), this::listChanged);
			this.list = names;
			followed = names;
		}
		else {
			followed = this.services.computeIfAbsent(service, (name) -> new Followed<>(this.queries.instances(name),
					(before, after) -> this.listener.onChange(name)));
		}
		followed.loop.start();
		if (this.closed) {
			followed.loop.close();
		}
	}

	@Override
	public void unfollow(@Nullable String service) {
		Followed<?> followed;
		if (service == null) {
			followed = this.list;
			this.list = null;
		}
		else {
			followed = this.services.remove(service);
		}
		if (followed != null) {
			followed.loop.close();
		}
	}

	private void listChanged(@Nullable Set<String> before, Set<String> after) {
		if (before == null) {
			this.listener.onReset();
			return;
		}
		Set<String> changed = new HashSet<>(after);
		changed.removeAll(before);
		before.stream().filter((name) -> !after.contains(name)).forEach(changed::add);
		changed.forEach(this.listener::onChange);
	}

	/**
	 * Returns the current instances of a service; null if they are not known because no
	 * query for them has been answered, or the last one failed.
	 */
	@Nullable List<ConsulInstance> current(ServiceName service) {
		Followed<List<ConsulInstance>> followed = followed(service);
		return (followed != null && followed.loop.isLive()) ? followed.last : null;
	}

	/**
	 * Whether a query for the instances of a service has ever been answered.
	 */
	boolean hasKnown(ServiceName service) {
		Followed<List<ConsulInstance>> followed = followed(service);
		return followed != null && followed.last != null;
	}

	private @Nullable Followed<List<ConsulInstance>> followed(ServiceName service) {
		return service.namespace().equals(this.namespace) ? this.services.get(service.name()) : null;
	}

	/**
	 * The agent has answered another request, which shortens the delay of failed queries.
	 */
	void agentAnswered() {
		all().forEach((followed) -> followed.loop.registryAnswered(BlockingQuery.NO_INDEX));
	}

	private Collection<Followed<?>> all() {
		Set<Followed<?>> all = new HashSet<>(this.services.values());
		Followed<?> names = this.list;
		if (names != null) {
			all.add(names);
		}
		return all;
	}

	@Override
	public boolean isLive() {
		return all().stream().anyMatch((followed) -> followed.loop.isLive());
	}

	@Override
	public boolean isLive(@Nullable String service) {
		Followed<?> followed = (service != null) ? this.services.get(service) : this.list;
		return followed != null && followed.loop.isLive();
	}

	@Override
	public void close() {
		this.closed = true;
		all().forEach((followed) -> followed.loop.close());
		this.onClose.accept(this);
	}

	/**
	 * Creates the queries of a namespace.
	 */
	interface Queries {

		/**
		 * The query for the instances of a service.
		 * @param service the name of the service
		 */
		BlockingQuery<List<ConsulInstance>> instances(String service);

		/**
		 * The query for the names of all services.
		 */
		BlockingQuery<Set<String>> list();

		/**
		 * Describes the registry and the namespace in log lines.
		 */
		String describe();

	}

	/** What is followed, with the last answer of its query. */
	private final class Followed<T> implements BlockingQueryLoop.Listener<T> {

		private final BlockingQueryLoop<T> loop;

		private final BiConsumer<@Nullable T, T> onChange;

		private volatile @Nullable T last;

		/** Guarded by {@link #notification}. */
		private boolean lost;

		private Followed(BlockingQuery<T> query, BiConsumer<@Nullable T, T> onChange) {
			this.onChange = onChange;
			this.loop = new BlockingQueryLoop<>(query, ConsulWatch.this.timer, this);
		}

		@Override
		public void onLive() {
			synchronized (ConsulWatch.this.notification) {
				ConsulWatch.this.logged = false;
				if (!ConsulWatch.this.open) {
					ConsulWatch.this.open = true;
					logger.info("{} reports changes", ConsulWatch.this.queries.describe());
					ConsulWatch.this.listener.onOpen();
				}
			}
		}

		@Override
		public void onAnswer(T result) {
			synchronized (ConsulWatch.this.notification) {
				T before = this.last;
				this.last = result;
				if (this.lost || !result.equals(before)) {
					this.lost = false;
					this.onChange.accept(before, result);
				}
			}
		}

		@Override
		public void onFailure(BlockingQueryException failure) {
			synchronized (ConsulWatch.this.notification) {
				if (!ConsulWatch.this.logged) {
					ConsulWatch.this.logged = true;
					logger.info("{} does not report changes, which will be tried again: {}",
							ConsulWatch.this.queries.describe(), failure.getMessage());
				}
			}
		}

		/** A lookup shows whether the agent answers other requests. */
		@Override
		public void onLost() {
			synchronized (ConsulWatch.this.notification) {
				this.lost = true;
				T known = this.last;
				if (!isLive()) {
					ConsulWatch.this.open = false;
					ConsulWatch.this.listener.onLost();
				}
				else if (known != null) {
					this.onChange.accept(null, known);
				}
			}
		}

	}

}
