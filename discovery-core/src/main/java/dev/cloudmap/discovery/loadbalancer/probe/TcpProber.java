package dev.cloudmap.discovery.loadbalancer.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.thread.AsyncLimiter;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Opens a TCP connection and closes it. Nothing is sent. It has no thread: the timer
 * checks a connection after 1, 2, 4... ms, up to {@link #CONNECT_TIMEOUT}.
 */
public final class TcpProber implements Prober {

	static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

	static final int MAX_CONCURRENT = 8;

	private static final Duration FIRST_CHECK = Duration.ofMillis(1);

	private static final Logger logger = LoggerFactory.getLogger(TcpProber.class);

	private final Timer timer;

	private final Executor executor;

	private final AsyncLimiter limiter;

	/**
	 * Creates the prober.
	 * @param timer checks connections
	 * @param executor begins probes, which may block while a host name is resolved
	 */
	public TcpProber(Timer timer, Executor executor) {
		this.timer = timer;
		this.executor = executor;
		this.limiter = new AsyncLimiter(MAX_CONCURRENT, executor);
	}

	@Override
	public CompletionStage<Boolean> probe(String host, int port) {
		return this.limiter.run(() -> begin(host, port)).exceptionally((failure) -> {
			logger.debug("No connection to {}:{}: {}", host, port, failure.toString());
			return false;
		});
	}

	private CompletionStage<Boolean> begin(String host, int port) {
		CompletableFuture<Boolean> reachable = new CompletableFuture<>();
		try {
			this.executor.execute(() -> connect(host, port, reachable));
		}
		catch (RejectedExecutionException ex) {
			// the application is stopping
			reachable.completeExceptionally(ex);
		}
		return reachable;
	}

	@SuppressWarnings("MustBeClosed")
	private void connect(String host, int port, CompletableFuture<Boolean> reachable) {
		SocketChannel channel = null;
		try {
			InetSocketAddress address = new InetSocketAddress(host, port);
			channel = SocketChannel.open();
			channel.configureBlocking(false);
			if (channel.connect(address)) {
				end(channel, reachable, true);
			}
			else {
				checkAfter(FIRST_CHECK, Duration.ZERO, channel, reachable);
			}
		}
		catch (IOException | RuntimeException ex) {
			if (channel != null) {
				close(channel);
			}
			// an unresolved host is a RuntimeException
			reachable.completeExceptionally(ex);
		}
	}

	private void checkAfter(Duration delay, Duration waited, SocketChannel channel,
			CompletableFuture<Boolean> reachable) {
		Duration left = CONNECT_TIMEOUT.minus(waited);
		this.timer.schedule(() -> check(delay, waited.plus(delay), channel, reachable), Durations.shorter(delay, left));
	}

	private void check(Duration delay, Duration waited, SocketChannel channel, CompletableFuture<Boolean> reachable) {
		try {
			if (channel.finishConnect()) {
				end(channel, reachable, true);
			}
			else if (waited.compareTo(CONNECT_TIMEOUT) >= 0) {
				end(channel, reachable, false);
			}
			else {
				checkAfter(delay.multipliedBy(2), waited, channel, reachable);
			}
		}
		catch (IOException | RuntimeException ex) {
			close(channel);
			reachable.completeExceptionally(ex);
		}
	}

	private static void end(SocketChannel channel, CompletableFuture<Boolean> reachable, boolean result) {
		close(channel);
		reachable.complete(result);
	}

	private static void close(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("The connection of a probe can't be closed: {}", ex.toString());
		}
	}

}
