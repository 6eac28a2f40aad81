package dev.cloudmap.registry.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

import dev.cloudmap.registry.dns.forward.Upstreams;
import dev.cloudmap.registry.dns.response.QueryResponder;
import dev.cloudmap.registry.dns.response.Reply;

/**
 * Completes answers with names outside of all zones by queries to upstream servers.
 */
final class Forwarder implements AutoCloseable {

	/** The maximum number of queries in progress; further queries fail at once. */
	static final int MAX_IN_PROGRESS = 1024;

	private static final Logger logger = LoggerFactory.getLogger(Forwarder.class);

	private final QueryResponder responder;

	private final EventLoopGroup group;

	private final Upstreams upstreams;

	private final Duration timeout;

	private final Semaphore free = new Semaphore(MAX_IN_PROGRESS);

	private final Map<ForwardedQuery, CompletableFuture<byte[]>> inProgress = new ConcurrentHashMap<>();

	private volatile boolean closed;

	Forwarder(QueryResponder responder, EventLoopGroup group, List<InetSocketAddress> upstreams, Timeouts timeouts) {
		this.responder = responder;
		this.group = group;
		this.upstreams = new Upstreams(group, upstreams, timeouts.upstream());
		this.timeout = timeouts.query();
	}

	/**
	 * Completes a reply. Does not block.
	 * @param reply the incomplete reply
	 * @param client identifies the client
	 * @return the response, SERVFAIL if no upstream server has an answer; cancelling it
	 * cancels the query. Null if the same query of the client is in progress
	 */
	@Nullable CompletableFuture<byte[]> forward(Reply.Incomplete reply, Object client) {
		if (!this.free.tryAcquire()) {
			logger.debug("A query was not forwarded: {} queries are in progress", MAX_IN_PROGRESS);
			return CompletableFuture.completedFuture(fail(reply));
		}
		Record question = reply.query().getQuestion();
		ForwardedQuery asked = new ForwardedQuery(client, reply.query().getHeader().getID(), question.getName(),
				question.getType());
		CompletableFuture<byte[]> response = new CompletableFuture<>();
		if (this.inProgress.putIfAbsent(asked, response) != null) {
			this.free.release();
			return null;
		}
		Future<?> timer = this.group.next()
			.schedule(() -> response.complete(fail(reply)), this.timeout.toMillis(), TimeUnit.MILLISECONDS);
		CompletableFuture<byte[]> settled = new CompletableFuture<>();
		var unused = response.whenComplete((bytes, failure) -> {
			timer.cancel(false);
			this.inProgress.remove(asked);
			this.free.release();
			// Last, because the client may repeat the query at once.
			if (bytes != null) {
				settled.complete(bytes);
			}
			else {
				settled.cancel(false);
			}
		});
		var unusedForgetting = settled.whenComplete((bytes, failure) -> response.cancel(false));
		proceed(reply, response);
		if (this.closed) {
			response.cancel(false);
		}
		return settled;
	}

	/**
	 * Queries upstream servers for the name outside of all zones, repeatedly until the
	 * answer is complete.
	 */
	private void proceed(Reply.Incomplete reply, CompletableFuture<byte[]> response) {
		Name name = reply.answer().outside();
		if (name == null) {
			response.complete(this.responder.complete(reply));
			return;
		}
		Message query = query(name, reply);
		CompletableFuture<Message> answer = this.upstreams.query(query,
				(reply.transport() == QueryResponder.Transport.TCP) ? Upstreams.Extent.COMPLETE
						: Upstreams.Extent.DATAGRAM);
		var unusedCancelling = response.whenComplete((bytes, failure) -> answer.cancel(false));
		var unused = answer.whenComplete((message, failure) -> {
			if (message != null) {
				process(message, reply, response);
			}
			else if (!response.isDone()) {
				logger.debug("No upstream server has an answer for {}", name, failure);
				response.complete(fail(reply));
			}
		});
	}

	private void process(Message message, Reply.Incomplete reply, CompletableFuture<byte[]> response) {
		if (response.isDone()) {
			return;
		}
		try {
			reply.answer().add(message);
			proceed(reply, response);
		}
		catch (RuntimeException ex) {
			logger.warn("The registry failed to process the answer of an upstream server", ex);
			response.complete(fail(reply));
		}
	}

	/**
	 * Encodes a SERVFAIL response.
	 */
	byte[] fail(Reply.Incomplete reply) {
		return this.responder.fail(reply);
	}

	/**
	 * Returns the query to an upstream server. It has the flags of the client that
	 * concern the answer.
	 */
	private static Message query(Name name, Reply.Incomplete reply) {
		Message query = new Message();
		query.getHeader().setFlag(Flags.RD);
		if (reply.query().getHeader().getFlag(Flags.CD)) {
			query.getHeader().setFlag(Flags.CD);
		}
		query.addRecord(Record.newRecord(name, reply.answer().type(), DClass.IN), Section.QUESTION);
		OPTRecord edns = reply.query().getOPT();
		int flags = (edns != null) ? edns.getFlags() & ExtendedFlags.DO : 0;
		query.addRecord(new OPTRecord(QueryResponder.Transport.UDP.most(), 0, 0, flags), Section.ADDITIONAL);
		return query;
	}

	/**
	 * Cancels all queries and closes their sockets.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.inProgress.values().forEach((response) -> response.cancel(false));
		this.upstreams.close();
	}

	/**
	 * The timeouts.
	 *
	 * @param upstream the timeout of one query to an upstream server
	 * @param query the timeout of all queries together, after which the client receives
	 * SERVFAIL
	 */
	record Timeouts(Duration upstream, Duration query) {

		/** Below the five seconds of stub resolvers. */
		static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(2), Duration.ofMillis(4500));

	}

	private record ForwardedQuery(Object client, int id, Name name, int type) {
	}

}
