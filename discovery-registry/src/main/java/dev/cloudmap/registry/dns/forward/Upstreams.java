package dev.cloudmap.registry.dns.forward;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.NetUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;

/**
 * The upstream DNS servers for names outside of all zones, which are queried one after
 * the other in the configured order. Does not block.
 */
public final class Upstreams implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Upstreams.class);

	private final EventLoopGroup group;

	private final List<InetSocketAddress> addresses;

	private final Duration timeout;

	private final ChannelGroup channels;

	private final SecureRandom random = new SecureRandom();

	/** The servers whose failure was logged. */
	private final Set<InetSocketAddress> reported = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the servers.
	 * @param group the event loops
	 * @param addresses the addresses of the servers
	 * @param timeout the timeout of one query to one server
	 */
	public Upstreams(EventLoopGroup group, List<InetSocketAddress> addresses, Duration timeout) {
		this.group = group;
		this.addresses = List.copyOf(addresses);
		this.timeout = timeout;
		// Closes channels that are added after close().
		this.channels = new DefaultChannelGroup(group.next(), true);
	}

	/**
	 * Queries the servers.
	 * @param query the query; its id is replaced
	 * @param extent whether a truncated answer is sufficient
	 * @return the answer, which is NOERROR, NXDOMAIN or YXDOMAIN; fails if all servers
	 * have failed. Servers that do not respond are queried again until the caller cancels
	 * it
	 */
	public CompletableFuture<Message> query(Message query, Extent extent) {
		EventLoop loop = this.group.next();
		UpstreamQuery upstreamQuery = new UpstreamQuery(this, loop, query, extent);
		// Opening a socket must not delay the calling thread.
		loop.execute(upstreamQuery::queryNext);
		return upstreamQuery.answer();
	}

	List<InetSocketAddress> addresses() {
		return this.addresses;
	}

	/**
	 * Sends a query to one server with a random id from a new port (RFC 5452).
	 */
	CompletableFuture<Message> send(EventLoop loop, InetSocketAddress server, Message query,
			UpstreamExchange.Transport transport) {
		Message sent = query.clone();
		sent.getHeader().setID(this.random.nextInt(1 << Short.SIZE));
		return new UpstreamExchange(loop, this.channels, sent).send(server, transport, this.timeout);
	}

	/**
	 * Logs the failure of a server, the first time as a warning.
	 */
	void failed(InetSocketAddress server, Throwable cause) {
		if (cause instanceof IOException && this.reported.add(server)) {
			logger.warn("The upstream DNS server {} did not respond: {}. Later failures are logged at debug level",
					NetUtil.toSocketAddressString(server), reason(cause));
		}
		else {
			logger.debug("The upstream DNS server {} did not respond", NetUtil.toSocketAddressString(server), cause);
		}
	}

	private static String reason(Throwable cause) {
		return (cause instanceof PortUnreachableException) ? "no process listens on the port"
				: String.valueOf(cause.getMessage());
	}

	/**
	 * Closes all sockets.
	 */
	@Override
	public void close() {
		this.channels.close().awaitUninterruptibly();
	}

	/**
	 * Whether a truncated answer is sufficient.
	 */
	public enum Extent {

		/** An answer that fits into a datagram, truncated if necessary. */
		DATAGRAM,

		/** A complete answer, over TCP if it does not fit into a datagram. */
		COMPLETE

	}

}
