package dev.cloudmap.discovery.thread;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * What a future's failure really was, without the wrapping.
 */
public final class Futures {

	private Futures() {
	}

	/**
	 * Waits for a future.
	 * @param future the future
	 * @return its value
	 * @throws DiscoveryException the future's own failure, if it is one
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
	 * What lies behind a failure.
	 * @param failure the failure as a stage was told it
	 */
	public static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

}
