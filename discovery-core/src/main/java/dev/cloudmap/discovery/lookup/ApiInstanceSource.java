package dev.cloudmap.discovery.lookup;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Looks services up through the API of the registry. Thread-safe.
 */
public final class ApiInstanceSource implements InstanceSource {

	private final Registry registry;

	private final Function<ServiceName, LookupFilter> filters;

	private final Executor executor;

	private final Timer timer;

	private final Duration timeout;

	/**
	 * Creates the source.
	 * @param registry the registry
	 * @param filters the filter for the instances of a service
	 * @param executor runs the blocking calls
	 * @param timeout how long a call may wait for a thread
	 */
	public ApiInstanceSource(Registry registry, Function<ServiceName, LookupFilter> filters, Executor executor,
			Timer timer, Duration timeout) {
		this.registry = registry;
		this.filters = filters;
		this.executor = executor;
		this.timer = timer;
		this.timeout = timeout;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		Instant end = this.timer.steady().plus(this.timeout);
		// a rejected task fails the lookup instead of throwing
		return CompletableFuture.completedFuture(service).thenApplyAsync((name) -> discover(name, end), this.executor);
	}

	/**
	 * Drops calls that have waited too long, so that a registry that recovers does not
	 * receive all calls of the outage.
	 */
	private InstanceSet discover(ServiceName service, Instant end) {
		if (this.timer.steady().isAfter(end)) {
			throw new RegistryUnavailableException(
					"The lookup of " + service + " was not started: all threads were waiting for the registry", null);
		}
		return this.registry.discover(service, this.filters.apply(service));
	}

}
