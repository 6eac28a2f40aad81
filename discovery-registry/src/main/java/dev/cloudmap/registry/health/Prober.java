package dev.cloudmap.registry.health;

import java.util.concurrent.CompletableFuture;

/**
 * Looks once whether an endpoint is well.
 */
@FunctionalInterface
interface Prober {

	/**
	 * Begins to look, and does not wait.
	 * @param endpoint where to look
	 * @return what is found, within the time that a check of this type may take;
	 * cancelling it ends the check at once
	 */
	CompletableFuture<CheckResult> probe(CheckTarget endpoint);

}
