package dev.cloudmap.discovery.lookup.dns;

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
 * Waits for the answers to all queries on one thread, which begins with the first query
 * and ends when none has followed for a while: there is nothing to close. dnsjava's own
 * client gives a query up with the first datagram astray, and a timeout a second late.
 */
final class DnsSockets {

	private static final Duration LINGER = Duration.ofSeconds(10);

	private static final int MAX_DATAGRAM = 65_535;

	private static final Logger logger = LoggerFactory.getLogger(DnsSockets.class);

	private final Object lock = new Object();

	private @Nullable Selector selector;

	/**
	 * Sends a query to a server.
	 * @param transport how to send it
	 * @param server whom to send it to
	 * @param query the query
	 * @param timeout how long to wait for the answer
	 * @return the answer; fails with {@link TimeoutException} if there is none in time,
	 * and with {@link IOException} if there can't be any. Nothing is left open by then
	 */
	CompletableFuture<Message> send(DnsTransport transport, InetSocketAddress server, Message query, Duration timeout) {
		try {
			DnsExchange exchange = switch (transport) {
				case UDP -> UdpExchange.start(server, query);
				case TCP -> TcpExchange.start(server, query);
			};
			return await(exchange, timeout);
		}
		catch (IOException | RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<Message> await(DnsExchange exchange, Duration timeout) throws IOException {
		Selector waiting;
		try {
			waiting = register(exchange);
		}
		catch (IOException | RuntimeException ex) {
			exchange.channel().close();
			throw ex;
		}
		return exchange.answer()
			.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
			.whenComplete((answer, failure) -> close(exchange, waiting));
	}

	private Selector register(DnsExchange exchange) throws IOException {
		synchronized (this.lock) {
			Selector current = this.selector;
			if (current == null) {
				current = start();
				this.selector = current;
			}
			exchange.channel().register(current, exchange.interest(), exchange);
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
	 * The operating system takes a socket back when its selector has let go of it.
	 */
	private static void close(DnsExchange exchange, Selector waiting) {
		try {
			exchange.channel().close();
		}
		catch (IOException ex) {
			logger.debug("A socket of a DNS query could not be closed", ex);
		}
		waiting.wakeup();
	}

	private void run(Selector waiting) {
		ByteBuffer scratch = ByteBuffer.allocate(MAX_DATAGRAM);
		long lastUse = System.nanoTime();
		try (waiting) {
			do {
				waiting.select((key) -> proceed(key, scratch), LINGER.toMillis());
				if (!waiting.keys().isEmpty()) {
					lastUse = System.nanoTime();
				}
			}
			while (!ends(waiting, lastUse));
		}
		catch (IOException ex) {
			logger.warn("DNS queries can't be waited for: those on their way are lost", ex);
		}
		finally {
			forget(waiting);
		}
	}

	private boolean ends(Selector waiting, long lastUse) {
		synchronized (this.lock) {
			boolean ends = waiting.keys().isEmpty() && System.nanoTime() - lastUse >= LINGER.toNanos();
			if (ends) {
				forget(waiting);
			}
			return ends;
		}
	}

	private void forget(Selector waiting) {
		synchronized (this.lock) {
			if (this.selector == waiting) {
				this.selector = null;
			}
		}
	}

	private static void proceed(SelectionKey key, ByteBuffer scratch) {
		DnsExchange exchange = (DnsExchange) key.attachment();
		try {
			exchange.proceed(key, scratch);
		}
		catch (IOException | RuntimeException ex) {
			exchange.answer().completeExceptionally(ex);
		}
	}

}
