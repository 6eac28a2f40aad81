package dev.cloudmap.discovery.lookup.dns.query;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;

/**
 * Sends queries and receives all answers on one thread, which starts with the first query
 * and stops after an idle time, so that no close is needed. dnsjava's own client fails at
 * the first misdirected datagram and times out up to a second late. Thread-safe.
 */
final class DnsSockets {

	private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

	private static final int MAX_DATAGRAM = 65_535;

	private static final Logger logger = LoggerFactory.getLogger(DnsSockets.class);

	private final Object lock = new Object();

	private @Nullable Selector selector;

	/**
	 * Sends a query to a server.
	 * @param timeout the timeout of the answer
	 * @return the answer; fails with {@link TimeoutException} after the timeout and with
	 * {@link IOException} if the connection fails. The socket is closed when it completes
	 */
	CompletableFuture<Message> send(DnsTransport transport, InetSocketAddress server, Message query, Duration timeout) {
		try {
			DnsExchange exchange = switch (transport) {
				case UDP -> new UdpExchange(query);
				case TCP -> new TcpExchange(query);
			};
			return start(exchange, server, timeout);
		}
		catch (IOException | RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<Message> start(DnsExchange exchange, InetSocketAddress server, Duration timeout)
			throws IOException {
		try {
			exchange.start(server);
			Selector activeSelector = register(exchange);
			return exchange.answer()
				.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
				.whenComplete((answer, failure) -> close(exchange, activeSelector));
		}
		catch (IOException | RuntimeException ex) {
			exchange.channel().close();
			throw ex;
		}
	}

	private Selector register(DnsExchange exchange) throws IOException {
		synchronized (this.lock) {
			Selector current = this.selector;
			if (current == null) {
				current = start();
				this.selector = current;
			}
			exchange.channel().register(current, exchange.initialInterest(), exchange);
			current.wakeup();
			return current;
		}
	}

	private Selector start() throws IOException {
		Selector started = Selector.open();
		Thread thread = new Thread(() -> run(started), "discovery-dns");
		thread.setDaemon(true);
		thread.start();
		return started;
	}

	/**
	 * Closes the channel and wakes the selector, which then releases the socket.
	 */
	private static void close(DnsExchange exchange, Selector activeSelector) {
		try {
			exchange.channel().close();
		}
		catch (IOException ex) {
			logger.debug("A socket of a DNS query could not be closed", ex);
		}
		activeSelector.wakeup();
	}

	private void run(Selector activeSelector) {
		ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM);
		long lastUse = System.nanoTime();
		try (activeSelector) {
			do {
				activeSelector.select((key) -> proceed(key, buffer), IDLE_TIMEOUT.toMillis());
				if (!activeSelector.keys().isEmpty()) {
					lastUse = System.nanoTime();
				}
			}
			while (!stopIfIdle(activeSelector, lastUse));
		}
		catch (IOException ex) {
			logger.warn("The selector of DNS queries failed: current queries are lost", ex);
		}
		finally {
			clearSelector(activeSelector);
		}
	}

	private boolean stopIfIdle(Selector activeSelector, long lastUse) {
		synchronized (this.lock) {
			boolean idle = activeSelector.keys().isEmpty() && System.nanoTime() - lastUse >= IDLE_TIMEOUT.toNanos();
			if (idle) {
				clearSelector(activeSelector);
			}
			return idle;
		}
	}

	private void clearSelector(Selector activeSelector) {
		synchronized (this.lock) {
			if (this.selector == activeSelector) {
				this.selector = null;
			}
		}
	}

	private static void proceed(SelectionKey key, ByteBuffer buffer) {
		DnsExchange exchange = (DnsExchange) key.attachment();
		try {
			exchange.proceed(key, buffer);
		}
		catch (IOException | RuntimeException ex) {
			exchange.answer().completeExceptionally(ex);
		}
	}

}
