package dev.cloudmap.discovery.source;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.Registry;

/**
 * Looks up through the registry's API.
 */
public final class ApiInstanceSource implements InstanceSource {

	private final Registry registry;

	private final Executor executor;

	/**
	 * Creates the source.
	 * @param registry whom to ask; not null
	 * @param executor runs the call, which blocks; not null
	 */
	public ApiInstanceSource(Registry registry, Executor executor) {
		this.registry = registry;
		this.executor = executor;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		// an executor that takes no more makes the look-up fail, not its caller
		return CompletableFuture.completedFuture(service).thenApplyAsync(this.registry::discover, this.executor);
	}

}
