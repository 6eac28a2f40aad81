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
 * Looks up through the registry's API.
 */
public final class ApiInstanceSource implements InstanceSource {

	private final Registry registry;

	private final Function<ServiceName, LookupFilter> filters;

	private final Executor executor;

	private final Timer timer;

	private final Duration timeout;

	/**
	 * Creates the source.
	 * @param registry whom to ask
	 * @param filters which instances of a service to ask for
	 * @param executor runs the call, which blocks
	 * @param timer tells the time
	 * @param timeout after which time without a thread nobody waits for the call any more
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
		Instant end = this.timer.now().plus(this.timeout);
		// an executor that takes no more makes the lookup fail, not its caller
		return CompletableFuture.completedFuture(service).thenApplyAsync((name) -> ask(name, end), this.executor);
	}

	/**
	 * When a registry that hung is there again, it is not asked all that was to be asked
	 * meanwhile.
	 */
	private InstanceSet ask(ServiceName service, Instant end) {
		if (this.timer.now().isAfter(end)) {
			throw new RegistryUnavailableException(
					"The registry was not asked for " + service + ": it kept all threads waiting", null);
		}
		return this.registry.discover(service, this.filters.apply(service));
	}

}
