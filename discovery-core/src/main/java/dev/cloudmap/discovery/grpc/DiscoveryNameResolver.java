package dev.cloudmap.discovery.grpc;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.NameResolver;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Resolves one gRPC target and follows the changes of its service. The catalog is read,
 * and host names are resolved, on the executor of the channel, neither on a thread of a
 * lookup nor in the channel's synchronization context.
 */
final class DiscoveryNameResolver extends NameResolver {

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryNameResolver.class);

	private final CatalogTarget target;

	private final Executor executor;

	private final SynchronizationContext context;

	/** The number of reads of the catalog that have begun. */
	private final AtomicLong reads = new AtomicLong();

	/** Used in the synchronization context only. */
	private @Nullable Listener2 listener;

	/** The number of the read that was published last; used in the context only. */
	private long published;

	/** The results that were published last; used in the context only. */
	private List<ResolutionResult> last = List.of();

	/** Whether the last results have addresses; used in the context only. */
	private boolean resolved;

	/** Guarded by this. */
	private @Nullable Runnable subscription;

	/** Guarded by this. */
	private boolean stopped;

	/**
	 * Creates a resolver.
	 * @param target the service
	 * @param executor reads the catalog; may block
	 * @param context the channel's synchronization context
	 */
	DiscoveryNameResolver(CatalogTarget target, Executor executor, SynchronizationContext context) {
		this.target = target;
		this.executor = executor;
		this.context = context;
	}

	@Override
	public String getServiceAuthority() {
		return this.target.serviceId();
	}

	@Override
	public void start(Listener2 listener) {
		this.listener = listener;
		offload(this::subscribe);
	}

	/**
	 * Called when a connection has failed, and some time after an error.
	 */
	@Override
	public void refresh() {
		boolean failedConnection = this.resolved;
		offload(() -> {
			if (failedConnection) {
				this.target.suspect();
			}
			read();
		});
	}

	@Override
	public void shutdown() {
		this.listener = null;
		Runnable subscription;
		synchronized (this) {
			this.stopped = true;
			subscription = this.subscription;
			this.subscription = null;
		}
		if (subscription != null) {
			subscription.run();
		}
	}

	private void subscribe() {
		Runnable unfollow = this.target.catalog().follow(this.target.serviceId(), (instances) -> offload(this::read));
		synchronized (this) {
			if (!this.stopped) {
				this.subscription = unfollow;
				unfollow = null;
			}
		}
		if (unfollow != null) {
			unfollow.run();
			return;
		}
		read();
	}

	/**
	 * Publishes the current instances, or waits for the first lookup.
	 */
	private void read() {
		long number = this.reads.incrementAndGet();
		var unused = this.target.instances()
			.whenComplete((found, failure) -> offload(() -> publish(number, found, failure)));
	}

	private void publish(long number, @Nullable List<ServiceInstance> found, @Nullable Throwable failure) {
		List<ResolutionResult> results = (found != null) ? this.target.results(found) : List
			.of(this.target.failure(Futures.cause((failure != null) ? failure : new IllegalStateException())));
		this.context.execute(() -> publish(number, results));
	}

	private void publish(long number, List<ResolutionResult> results) {
		Listener2 current = this.listener;
		// a read that began later has a newer list
		if (current == null || number < this.published) {
			return;
		}
		this.published = number;
		boolean connected = this.resolved;
		this.resolved = results.size() == 1 && results.get(0).getAddressesOrError().hasValue();
		if (this.resolved && results.equals(this.last)) {
			// an equal result would reset gRPC's outlier detection
			return;
		}
		this.last = results;
		// there are no connections to close without earlier addresses
		List<ResolutionResult> relevant = connected ? results : results.subList(results.size() - 1, results.size());
		relevant.forEach(current::onResult2);
	}

	/**
	 * Runs a task on the executor of the channel.
	 */
	private void offload(Runnable task) {
		try {
			this.executor.execute(() -> {
				try {
					task.run();
				}
				catch (DiscoveryException ex) {
					publish(this.reads.incrementAndGet(), null, ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The target {} is not resolved any more: its channel is closed", this.target.serviceId(), ex);
		}
	}

}
