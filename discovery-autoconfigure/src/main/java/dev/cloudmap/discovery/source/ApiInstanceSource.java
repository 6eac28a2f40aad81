package dev.cloudmap.discovery.source;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;

/**
 * Looks up through the registry's API.
 */
public final class ApiInstanceSource implements InstanceSource {

	private final Registry registry;

	private final Function<ServiceName, LookupFilter> filters;

	private final Executor executor;

	/**
	 * Creates the source.
	 * @param registry whom to ask; not null
	 * @param filters which instances of a service to ask for; not null
	 * @param executor runs the call, which blocks; not null
	 */
	public ApiInstanceSource(Registry registry, Function<ServiceName, LookupFilter> filters, Executor executor) {
		this.registry = registry;
		this.filters = filters;
		this.executor = executor;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		// an executor that takes no more makes the look-up fail, not its caller
		return CompletableFuture.completedFuture(service)
			.thenApplyAsync((name) -> this.registry.discover(name, this.filters.apply(name)), this.executor);
	}

}
