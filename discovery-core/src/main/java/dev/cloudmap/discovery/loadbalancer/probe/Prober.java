package dev.cloudmap.discovery.loadbalancer.probe;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Checks in the background whether an instance accepts connections. Thread-safe.
 */
@FunctionalInterface
public interface Prober {

	/** Every instance counts as reachable. */
	Prober NONE = (host, port) -> CompletableFuture.completedStage(true);

	/**
	 * Begins a check. Does not block.
	 * @param host the host name or address
	 * @param port the port
	 * @return whether the instance accepted a connection; never fails
	 */
	CompletionStage<Boolean> probe(String host, int port);

}
