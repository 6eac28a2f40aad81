package dev.cloudmap.discovery.thread;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Unwraps the failures of futures.
 */
public final class Futures {

	private Futures() {
	}

	/**
	 * Waits for a future and returns its value.
	 * @throws DiscoveryException the failure of the future, if it is one
	 * @throws CompletionException if it failed otherwise
	 */
	public static <T> T join(CompletableFuture<T> future) {
		try {
			return future.join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof DiscoveryException failure) {
				throw failure;
			}
			throw ex;
		}
	}

	/**
	 * The cause of a failure.
	 * @param failure the failure as passed to a completion stage
	 */
	public static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

}
