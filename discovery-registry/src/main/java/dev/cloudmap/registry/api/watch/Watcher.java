package dev.cloudmap.registry.api.watch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.time.Scheduler;
import dev.cloudmap.registry.time.Scheduler.Timer;

/**
 * A connection that sends queries, one after the other. Used by its event loop only,
 * except for {@link #isCounted()}.
 */
final class Watcher {

	/**
	 * A wait is shortened at random by up to this part of it, so that queries that began
	 * together do not end together.
	 */
	private static final int JITTER = 16;

	private final EventLoop loop;

	private final Scheduler scheduler;

	private final ChangeLog changes;

	private volatile @Nullable Waiting waiting;

	private volatile long lastAnswer;

	Watcher(EventLoop loop, Scheduler scheduler, ChangeLog changes) {
		this.loop = loop;
		this.scheduler = scheduler;
		this.changes = changes;
	}

	/**
	 * Returns whether a query waits or was answered recently.
	 */
	boolean isCounted() {
		return this.waiting != null || this.scheduler.nanoTime() - this.lastAnswer < Watchers.GRACE.toNanos();
	}

	/**
	 * Answers a query after the next change, or when its time is over.
	 */
	CompletableFuture<WatchAnswer> await(WatchQuery query, NamespaceChanges namespace) {
		Waiting next = new Waiting(query, namespace);
		next.begin();
		if (!next.answer.isDone()) {
			this.waiting = next;
		}
		return next.answer;
	}

	/**
	 * A query is answered.
	 */
	void answered() {
		this.lastAnswer = this.scheduler.nanoTime();
		this.waiting = null;
	}

	/**
	 * The connection was closed.
	 */
	void closed() {
		Waiting last = this.waiting;
		if (last != null) {
			last.end();
		}
	}

	private final class Waiting implements Runnable {

		private final WatchQuery query;

		private final NamespaceChanges namespace;

		private final CompletableFuture<WatchAnswer> answer = new CompletableFuture<>();

		private @Nullable Timer timer;

		private Waiting(WatchQuery query, NamespaceChanges namespace) {
			this.query = query;
			this.namespace = namespace;
		}

		private void begin() {
			this.namespace.add(this);
			long wait = this.query.waitTime().toNanos();
			long jitter = ThreadLocalRandom.current().nextLong(wait / JITTER + 1);
			this.timer = Watcher.this.scheduler.schedule(Duration.ofNanos(wait - jitter), this);
			if (result().isNews()) {
				// changed before it was added
				end();
			}
		}

		/**
		 * Runs after a change or when the time is over, on any thread.
		 */
		@Override
		public void run() {
			Watcher.this.loop.execute(this::end);
		}

		private void end() {
			if (this.answer.isDone()) {
				return;
			}
			this.namespace.remove(this);
			if (this.timer != null) {
				this.timer.cancel();
			}
			answered();
			this.answer.complete(result());
		}

		private WatchAnswer result() {
			return this.namespace.since(this.query.since(), Watcher.this.changes.revision());
		}

	}

}
