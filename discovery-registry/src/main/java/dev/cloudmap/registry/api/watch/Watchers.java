package dev.cloudmap.registry.api.watch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;

import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Answers blocking queries for changes (docs/registry.md, "Watching"), which only this
 * registry has.
 * <p>
 * A query that waits holds its revision and nothing else. After a change the writer
 * thread only wakes the event loops of the queries that wait for this namespace; each
 * then reads what has changed by that time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class Watchers {

	/** The path of the queries. */
	static final String PATH = "/watch";

	/**
	 * How long a connection counts as a watcher after an answer. Clients send the next
	 * query at once; a connection that is closed does not count any more.
	 */
	static final Duration GRACE = Duration.ofSeconds(10);

	private static final AttributeKey<Watcher> WATCHER = AttributeKey.valueOf(Watchers.class, "watcher");

	private final RegistryMode mode;

	private final Scheduler scheduler;

	private final ChangeLog changes;

	private final WatchLimits limits;

	private final Semaphore places;

	/** One for each open connection that has sent a query. */
	private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();

	private Watchers(LookupView view, Scheduler scheduler, WatchLimits limits) {
		this.mode = view.mode();
		this.scheduler = scheduler;
		this.limits = limits;
		this.places = new Semaphore(limits.waiting());
		this.changes = ChangeLog.of(view, limits.services());
	}

	/**
	 * Starts to record changes.
	 * @param view reports changes when lookups show them
	 * @param scheduler measures how long queries wait
	 * @param limits the limits of queries
	 * @return answers the queries
	 */
	public static Watchers of(LookupView view, Scheduler scheduler, WatchLimits limits) {
		return new Watchers(view, scheduler, limits);
	}

	/**
	 * Returns the number of connections that watch: those with a query that waits or was
	 * answered within {@link #GRACE}.
	 * @return the number of connections that watch
	 */
	public int count() {
		return (int) this.watchers.stream().filter(Watcher::isCounted).count();
	}

	/**
	 * Returns whether queries are answered at a path.
	 * @param path the path of a request
	 * @return whether queries are answered there
	 */
	public boolean isAt(String path) {
		return this.mode == RegistryMode.EXTENDED && path.equals(PATH);
	}

	/**
	 * Answers a query, at once or later. Called on the event loop of the connection.
	 * @param query the query
	 * @param connection the connection of the client, which waits for this answer
	 * @return the answer; completed on the event loop of the connection
	 * @throws RegistryException if there is no such namespace, or too many queries wait
	 */
	public CompletableFuture<WatchAnswer> answer(WatchQuery query, Channel connection) {
		NamespaceChanges namespace = this.changes.find(query.namespace());
		if (namespace == null) {
			throw RegistryException.noNamespaceNamed(query.namespace());
		}
		WatchAnswer now = namespace.since(query.since(), this.changes.revision());
		if (now.isNews() || query.waitTime().isZero()) {
			watcher(connection).answered();
			return CompletableFuture.completedFuture(now);
		}
		if (!this.places.tryAcquire()) {
			throw new RegistryException(ErrorType.THROTTLING,
					"%d queries wait already, which is the most this registry serves. Try again later; one query for all services of a namespace is enough for an application."
						.formatted(this.limits.waiting()));
		}
		CompletableFuture<WatchAnswer> answer = watcher(connection).await(query, namespace);
		return answer.whenComplete((result, failure) -> this.places.release());
	}

	private Watcher watcher(Channel connection) {
		Attribute<Watcher> attribute = connection.attr(WATCHER);
		Watcher watcher = attribute.get();
		if (watcher == null) {
			Watcher added = new Watcher(connection.eventLoop(), this.scheduler, this.changes);
			attribute.set(added);
			this.watchers.add(added);
			connection.closeFuture().addListener((closed) -> {
				this.watchers.remove(added);
				added.closed();
			});
			watcher = added;
		}
		return watcher;
	}

}
