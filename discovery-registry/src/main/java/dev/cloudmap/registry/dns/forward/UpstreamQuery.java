package dev.cloudmap.registry.dns.forward;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

import io.netty.channel.EventLoop;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Queries one upstream server after the other until one has an answer. Runs on one event
 * loop.
 */
final class UpstreamQuery {

	private final Upstreams upstreams;

	private final EventLoop loop;

	private final Message query;

	private final Upstreams.Extent extent;

	/** The servers to query, the next one first. */
	private final Deque<InetSocketAddress> candidates;

	private final CompletableFuture<Message> answer = new CompletableFuture<>();

	UpstreamQuery(Upstreams upstreams, EventLoop loop, Message query, Upstreams.Extent extent) {
		this.upstreams = upstreams;
		this.loop = loop;
		this.query = query;
		this.extent = extent;
		this.candidates = new ArrayDeque<>(upstreams.addresses());
	}

	CompletableFuture<Message> answer() {
		return this.answer;
	}

	void queryNext() {
		InetSocketAddress upstream = this.candidates.poll();
		if (upstream != null) {
			send(upstream, this.query, UpstreamExchange.Transport.UDP);
		}
		else {
			this.answer.completeExceptionally(new IOException("No upstream server has an answer"));
		}
	}

	private void send(InetSocketAddress upstream, Message sent, UpstreamExchange.Transport transport) {
		if (this.answer.isDone()) {
			return;
		}
		CompletableFuture<Message> exchange = this.upstreams.send(this.loop, upstream, sent, transport);
		var unusedCancelling = this.answer.whenComplete((message, failure) -> exchange.cancel(false));
		var unused = exchange.whenComplete((message, failure) -> {
			if (message != null) {
				evaluate(upstream, sent, transport, message);
			}
			else if (!this.answer.isDone()) {
				exchangeFailed(upstream, failure);
			}
		});
	}

	private void exchangeFailed(InetSocketAddress upstream, Throwable failure) {
		this.upstreams.failed(upstream, failure);
		if (failure instanceof SocketTimeoutException) {
			// A datagram may be lost: retry after the others.
			this.candidates.add(upstream);
		}
		queryNext();
	}

	private void evaluate(InetSocketAddress upstream, Message sent, UpstreamExchange.Transport transport,
			Message message) {
		OPTRecord edns = sent.getOPT();
		if (message.getHeader().getFlag(Flags.TC) && this.extent == Upstreams.Extent.COMPLETE
				&& transport == UpstreamExchange.Transport.UDP) {
			send(upstream, sent, UpstreamExchange.Transport.TCP);
		}
		else if (isFinal(message)) {
			this.answer.complete(message);
		}
		else if (edns != null && isWithoutEdns(message)) {
			send(upstream, without(edns, sent), transport);
		}
		else {
			queryNext();
		}
	}

	/**
	 * Returns whether a response answers the question, rather than reports a failure.
	 */
	private static boolean isFinal(Message response) {
		return switch (response.getRcode()) {
			case Rcode.NOERROR -> !isReferral(response);
			case Rcode.NXDOMAIN, Rcode.YXDOMAIN -> true;
			default -> false;
		};
	}

	/**
	 * Returns whether a response is a referral (RFC 2308, section 2.2), which a client
	 * would misinterpret as an empty answer.
	 */
	private static boolean isReferral(Message response) {
		return !response.getHeader().getFlag(Flags.AA) && !response.getHeader().getFlag(Flags.TC)
				&& response.getSection(Section.ANSWER).isEmpty() && has(Type.NS, response) && !has(Type.SOA, response);
	}

	private static boolean has(int type, Message response) {
		return response.getSection(Section.AUTHORITY).stream().anyMatch((entry) -> entry.getType() == type);
	}

	/**
	 * Returns whether the server may not support EDNS (RFC 6891, section 7).
	 */
	private static boolean isWithoutEdns(Message response) {
		int rcode = response.getRcode();
		return rcode == Rcode.FORMERR || (rcode == Rcode.NOTIMP && response.getOPT() == null);
	}

	private static Message without(OPTRecord edns, Message sent) {
		Message plain = sent.clone();
		plain.removeRecord(edns, Section.ADDITIONAL);
		return plain;
	}

}
