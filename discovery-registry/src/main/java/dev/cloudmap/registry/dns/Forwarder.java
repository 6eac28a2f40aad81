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
 * Completes answers that lead out of all zones with what upstreams say.
 */
final class Forwarder implements AutoCloseable {

	/** How many queries may wait for upstreams; those beyond fail at once. */
	static final int MAX_UNDER_WAY = 1024;

	private static final Logger logger = LoggerFactory.getLogger(Forwarder.class);

	private final QueryResponder responder;

	private final EventLoopGroup group;

	private final Upstreams upstreams;

	private final Duration patience;

	private final Semaphore free = new Semaphore(MAX_UNDER_WAY);

	private final Map<Asked, CompletableFuture<byte[]>> underWay = new ConcurrentHashMap<>();

	private volatile boolean closed;

	Forwarder(QueryResponder responder, EventLoopGroup group, List<InetSocketAddress> upstreams, Patience patience) {
		this.responder = responder;
		this.group = group;
		this.upstreams = new Upstreams(group, upstreams, patience.upstream());
		this.patience = patience.query();
	}

	/**
	 * Completes a reply. Nobody waits for it.
	 * @param reply what there is of it
	 * @param client who asked
	 * @return the response, some time, which says that the server failed when no upstream
	 * has an answer; cancelling it forgets the query. Null when the client has asked the
	 * same before and need only wait on
	 */
	@Nullable CompletableFuture<byte[]> forward(Reply.Incomplete reply, Object client) {
		if (!this.free.tryAcquire()) {
			logger.debug("A query was not forwarded: {} are under way already", MAX_UNDER_WAY);
			return CompletableFuture.completedFuture(this.responder.fail(reply));
		}
		Record question = reply.query().getQuestion();
		Asked asked = new Asked(client, reply.query().getHeader().getID(), question.getName(), question.getType());
		CompletableFuture<byte[]> response = new CompletableFuture<>();
		if (this.underWay.putIfAbsent(asked, response) != null) {
			this.free.release();
			return null;
		}
		Future<?> timer = this.group.next()
			.schedule(() -> response.complete(this.responder.fail(reply)), this.patience.toMillis(),
					TimeUnit.MILLISECONDS);
		CompletableFuture<byte[]> settled = new CompletableFuture<>();
		var unused = response.whenComplete((bytes, failure) -> {
			timer.cancel(false);
			this.underWay.remove(asked);
			this.free.release();
			// Only now, for the client may ask the same again at once.
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
	 * Asks upstreams for the name at which the answer leaves the zones, again and again
	 * until it leaves them no more.
	 */
	private void proceed(Reply.Incomplete reply, CompletableFuture<byte[]> response) {
		Name name = reply.answer().outside();
		if (name == null) {
			response.complete(this.responder.complete(reply));
			return;
		}
		Message query = query(name, reply);
		CompletableFuture<Message> answer = (reply.transport() == QueryResponder.Transport.TCP)
				? this.upstreams.askForWhole(query) : this.upstreams.ask(query);
		var unusedCancelling = response.whenComplete((bytes, failure) -> answer.cancel(false));
		var unused = answer.whenComplete((message, failure) -> {
			if (message != null) {
				take(message, reply, response);
			}
			else if (!response.isDone()) {
				logger.debug("A query for {} was forwarded in vain", name, failure);
				response.complete(this.responder.fail(reply));
			}
		});
	}

	private void take(Message message, Reply.Incomplete reply, CompletableFuture<byte[]> response) {
		if (response.isDone()) {
			return;
		}
		try {
			reply.answer().add(message);
			proceed(reply, response);
		}
		catch (RuntimeException ex) {
			logger.warn("The registry failed on an upstream's DNS answer", ex);
			response.complete(this.responder.fail(reply));
		}
	}

	/**
	 * Returns what an upstream is asked: the client's question or what came of it, with
	 * those of its wishes that concern the answer. What else it says in EDNS is for this
	 * server only.
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
	 * Forgets all queries and closes what is open for them. Returns when that is done.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.underWay.values().forEach((response) -> response.cancel(false));
		this.upstreams.close();
	}

	/**
	 * How long to wait.
	 *
	 * @param upstream for one upstream, each time it is asked
	 * @param query for all of them together, until the client is told that none answers
	 */
	record Patience(Duration upstream, Duration query) {

		/** Stub resolvers wait for five seconds. */
		static final Patience OF_STUB_RESOLVERS = new Patience(Duration.ofSeconds(2), Duration.ofMillis(4500));

	}

	private record Asked(Object client, int id, Name name, int type) {
	}

}
