package dev.cloudmap.discovery.lookup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Reports each lookup of another source to listeners. A listener that fails does not
 * affect the lookup.
 */
public final class ReportingInstanceSource implements InstanceSource {

	private static final Logger logger = LoggerFactory.getLogger(ReportingInstanceSource.class);

	private final InstanceSource source;

	private final List<LookupListener> listeners;

	private final Supplier<Instant> steady;

	/**
	 * Creates the source.
	 * @param source looks services up
	 * @param listeners receive the results
	 * @param steady the monotonic time
	 */
	public ReportingInstanceSource(InstanceSource source, List<LookupListener> listeners, Supplier<Instant> steady) {
		this.source = source;
		this.listeners = List.copyOf(listeners);
		this.steady = steady;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		Instant start = this.steady.get();
		return CompletableFuture.completedFuture(service)
			.thenCompose(this.source::lookup)
			.whenComplete((set, failure) -> report(service, set, failure, Duration.between(start, this.steady.get())));
	}

	private void report(ServiceName service, @Nullable InstanceSet set, @Nullable Throwable failure,
			Duration duration) {
		for (LookupListener listener : this.listeners) {
			try {
				if (set != null) {
					listener.succeeded(set, duration);
				}
				else if (failure != null) {
					listener.failed(service, Futures.cause(failure), duration);
				}
			}
			catch (RuntimeException ex) {
				logger.error("A listener failed on the lookup of {}", service, ex);
			}
		}
	}

}
