package dev.cloudmap.registry.api.watch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ImmediateEventExecutor;

import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.time.Scheduler;
import dev.cloudmap.registry.time.Scheduler.Timer;

/**
 * Answers blocking queries for changes (docs/registry.md, "Watching"), which only this
 * registry has.
 * <p>
 * After a change the writer thread only wakes the event loops of the queries that wait
 * for this namespace; each then reads what has changed by that time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class Watchers {

	/** The path of the queries. */
	static final String PATH = "/watch";

	/**
	 * How long a connection counts as a watcher after an answer. Clients send the next
	 * query at once; a connection that is closed does not count any more.
	 */
	private static final Duration GRACE = Duration.ofSeconds(10);

	/**
	 * A wait is shortened at random by up to this part of it, so that queries that began
	 * together do not end together.
	 */
	private static final int JITTER = 16;

	/**
	 * The time of the last answer, as in {@link Scheduler#nanoTime()}; null while a query
	 * waits.
	 */
	private static final AttributeKey<Long> ANSWERED = AttributeKey.valueOf(Watchers.class, "answered");

	private final RegistryMode mode;

	private final Scheduler scheduler;

	private final ChangeLog changes;

	private final WatchLimits limits;

	private final Semaphore places;

	/** The open connections that have sent a query. */
	private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	/**
	 * Starts to record changes.
	 * @param view reports changes when lookups show them
	 * @param scheduler measures how long queries wait
	 * @param limits the limits of queries
	 */
	public Watchers(LookupView view, Scheduler scheduler, WatchLimits limits) {
		this.mode = view.mode();
		this.scheduler = scheduler;
		this.limits = limits;
		this.places = new Semaphore(limits.waiting());
		this.changes = ChangeLog.of(view, limits.services());
	}

	/**
	 * Returns the number of connections that watch: those with a query that waits or was
	 * answered within the last 10 seconds.
	 * @return the number of connections that watch
	 */
	public int count() {
		long now = this.scheduler.nanoTime();
		return (int) this.connections.stream().filter((connection) -> {
			Long answered = connection.attr(ANSWERED).get();
			return answered == null || now - answered < GRACE.toNanos();
		}).count();
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
		boolean atOnce = now.isNews() || query.waitTime().isZero();
		if (!atOnce && !this.places.tryAcquire()) {
			throw new RegistryException(ErrorType.THROTTLING,
					"%d queries wait already, which is the most this registry serves. Try again later; one query for all services of a namespace is enough for an application."
						.formatted(this.limits.waiting()));
		}
		connection.attr(ANSWERED).set(atOnce ? this.scheduler.nanoTime() : null);
		this.connections.add(connection);
		return atOnce ? CompletableFuture.completedFuture(now) : await(query, namespace, connection);
	}

	/**
	 * Answers a query after the next change, when its time is over, or when the
	 * connection is closed.
	 */
	private CompletableFuture<WatchAnswer> await(WatchQuery query, NamespaceChanges namespace, Channel connection) {
		CompletableFuture<WatchAnswer> answer = new CompletableFuture<>();
		Runnable wake = () -> connection.eventLoop()
			.execute(() -> answer.complete(namespace.since(query.since(), this.changes.revision())));
		long wait = query.waitTime().toNanos();
		long jitter = ThreadLocalRandom.current().nextLong(wait / JITTER + 1);
		Timer timer = this.scheduler.schedule(Duration.ofNanos(wait - jitter), wake);
		ChannelFutureListener closed = (closing) -> wake.run();
		connection.closeFuture().addListener(closed);
		namespace.add(wake);
		if (namespace.since(query.since(), this.changes.revision()).isNews()) {
			// Changed before it was added.
			wake.run();
		}
		return answer.whenComplete((result, failure) -> {
			namespace.remove(wake);
			timer.cancel();
			connection.closeFuture().removeListener(closed);
			connection.attr(ANSWERED).set(this.scheduler.nanoTime());
			this.places.release();
		});
	}

}
