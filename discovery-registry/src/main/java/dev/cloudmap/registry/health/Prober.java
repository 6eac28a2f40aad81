package dev.cloudmap.registry.health;

import java.util.concurrent.CompletableFuture;

/**
 * Runs a single health check.
 */
@FunctionalInterface
interface Prober {

	/**
	 * Starts a health check. Does not block.
	 * @param endpoint the target
	 * @return the result within the timeout; cancelling it cancels the check
	 */
	CompletableFuture<CheckResult> probe(CheckTarget endpoint);

}
