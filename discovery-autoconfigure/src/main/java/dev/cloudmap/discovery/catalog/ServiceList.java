package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The names of all services of the namespace. Health checks ask for them often and the
 * registry charges for them, so they are kept and fetched anew, in the background, no
 * more often than set; after a failure sooner, with patience that grows.
 */
public final class ServiceList {

	private static final Logger logger = LoggerFactory.getLogger(ServiceList.class);

	private final Namespace namespace;

	private final Registry registry;

	private final Executor executor;

	private final Timer timer;

	private final Duration timeout;

	private final Duration refresh;

	private final AtomicBoolean fetching = new AtomicBoolean();

	private volatile CompletableFuture<List<String>> first = new CompletableFuture<>();

	private volatile @Nullable List<String> names;

	private volatile Instant fetched = Instant.MIN;

	/** When it is to be fetched again. */
	private volatile Instant due = Instant.MIN;

	/** When to fetch again after the next failure. Touched by one fetch at a time. */
	private volatile Backoff backoff = Backoff.first();

	/**
	 * Creates the list, which is fetched when it is first asked for.
	 * @param namespace the namespace; not null
	 * @param registry whom to ask; not null
	 * @param executor runs the call, which blocks; not null
	 * @param timer tells the time; not null
	 * @param timeout how long a first caller waits; not null
	 * @param refresh how often to ask at most; not null
	 */
	public ServiceList(Namespace namespace, Registry registry, Executor executor, Timer timer, Duration timeout,
			Duration refresh) {
		this.namespace = namespace;
		this.registry = registry;
		this.executor = executor;
		this.timer = timer;
		this.timeout = timeout;
		this.refresh = refresh;
	}

	/**
	 * The names, at once where they are known.
	 * @return the services' names without the namespace, in order; fails if they are not
	 * known and can't be fetched
	 */
	public CompletableFuture<List<String>> names() {
		if (isDue() && this.fetching.compareAndSet(false, true)) {
			if (isDue()) {
				fetch();
			}
			else {
				// another caller has fetched it meanwhile
				this.fetching.set(false);
			}
		}
		List<String> known = this.names;
		return (known != null) ? CompletableFuture.completedFuture(known) : this.first.copy();
	}

	/**
	 * The names as they were last fetched. Whoever asks waits for nobody, but they are
	 * fetched in the background where it is time.
	 * @return the services' names without the namespace, in order; null if they are not
	 * known
	 */
	public @Nullable List<String> known() {
		var unused = names();
		return this.names;
	}

	private boolean isDue() {
		Instant now = this.timer.now();
		// a clock that was set back stops nothing
		return !now.isBefore(this.due) || now.isBefore(this.fetched);
	}

	private void fetch() {
		if (this.first.isCompletedExceptionally()) {
			this.first = new CompletableFuture<>();
		}
		CompletableFuture<List<String>> waiting = this.first;
		// an executor that takes no more is a failure like another
		var unused = CompletableFuture.completedFuture(this.namespace)
			.thenApplyAsync((name) -> this.registry.services(name).stream().sorted().toList(), this.executor)
			.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((found, failure) -> {
				Instant now = this.timer.now();
				this.fetched = now;
				if (failure == null) {
					this.due = now.plus(this.refresh);
					this.backoff = Backoff.first();
					this.names = found;
					waiting.complete(found);
				}
				else {
					this.due = now.plus(Durations.shorter(this.refresh, this.backoff.delay()));
					this.backoff = this.backoff.next();
					logger.debug("The services of {} could not be listed", this.namespace, failure);
					waiting.completeExceptionally(translate(Futures.cause(failure)));
				}
				this.fetching.set(false);
			});
	}

	private Throwable translate(Throwable failure) {
		if (failure instanceof DiscoveryException) {
			return failure;
		}
		return (failure instanceof TimeoutException)
				? new RegistryUnavailableException("Nobody told within " + this.timeout.toMillis()
						+ " ms which services " + this.namespace + " has (discovery.lookup.timeout)", failure)
				: new DiscoveryException("The services of " + this.namespace + " could not be listed: " + failure,
						failure);
	}

}
