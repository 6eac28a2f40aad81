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
 * The DNS servers that are asked for what is in no zone here, one after the other in the
 * order they were named. Nobody waits for them: all of it happens on event loops.
 */
public final class Upstreams implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Upstreams.class);

	private final EventLoopGroup group;

	private final List<InetSocketAddress> addresses;

	private final Duration patience;

	private final ChannelGroup channels;

	private final SecureRandom random = new SecureRandom();

	/** Those that it was said of that they do not answer. */
	private final Set<InetSocketAddress> silent = ConcurrentHashMap.newKeySet();

	/**
	 * Creates what asks some servers.
	 * @param group whose threads ask
	 * @param addresses where the servers are
	 * @param patience how long to wait for one of them each time it is asked
	 */
	public Upstreams(EventLoopGroup group, List<InetSocketAddress> addresses, Duration patience) {
		this.group = group;
		this.addresses = List.copyOf(addresses);
		this.patience = patience;
		// What is opened after it was closed is closed too.
		this.channels = new DefaultChannelGroup(group.next(), true);
	}

	/**
	 * Asks for an answer, which is truncated when it does not fit a datagram.
	 * @param query the query; its id is replaced
	 * @return the answer, with a response code that settles the matter. It fails when all
	 * upstreams failed. Silent ones are asked again and again: whoever has waited long
	 * enough cancels it, and nothing is left open by then
	 */
	public CompletableFuture<Message> ask(Message query) {
		return ask(query, UpstreamQuery.Extent.WHAT_FITS);
	}

	/**
	 * Asks for a whole answer, over TCP when it does not fit a datagram.
	 * @param query the query; its id is replaced
	 * @return the answer as from {@link #ask}, but whole
	 */
	public CompletableFuture<Message> askForWhole(Message query) {
		return ask(query, UpstreamQuery.Extent.WHOLE);
	}

	private CompletableFuture<Message> ask(Message query, UpstreamQuery.Extent extent) {
		EventLoop loop = this.group.next();
		UpstreamQuery upstreamQuery = new UpstreamQuery(this, loop, query, extent);
		// The caller may be in a hurry, and opening a socket takes its time.
		loop.execute(upstreamQuery::begin);
		return upstreamQuery.answer();
	}

	List<InetSocketAddress> addresses() {
		return this.addresses;
	}

	/**
	 * Sends a query to one server from a new port, with a new id, so that nobody else can
	 * guess what an answer has to look like (RFC 5452).
	 */
	CompletableFuture<Message> send(EventLoop loop, InetSocketAddress server, Message query,
			UpstreamTransport transport) {
		Message sent = query.clone();
		sent.getHeader().setID(this.random.nextInt(1 << Short.SIZE));
		return new UpstreamExchange(loop, this.channels, sent).send(server, transport, this.patience);
	}

	/**
	 * Tells of an upstream that gave no answer; the first time for all to hear.
	 */
	void failed(InetSocketAddress server, Throwable cause) {
		if (cause instanceof IOException && this.silent.add(server)) {
			logger.warn("The upstream {} gave no DNS answer: {}. This is said once",
					NetUtil.toSocketAddressString(server), reason(cause));
		}
		else {
			logger.debug("The upstream {} gave no DNS answer", NetUtil.toSocketAddressString(server), cause);
		}
	}

	private static String reason(Throwable cause) {
		return (cause instanceof PortUnreachableException) ? "nobody listens there"
				: String.valueOf(cause.getMessage());
	}

	/**
	 * Closes what is open, and returns when that is done.
	 */
	@Override
	public void close() {
		this.channels.close().awaitUninterruptibly();
	}

}
