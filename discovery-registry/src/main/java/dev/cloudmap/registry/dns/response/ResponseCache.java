package dev.cloudmap.registry.dns.response;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.dns.zone.ServiceRecords;
import dev.cloudmap.registry.dns.zone.Zones;

/**
 * Responses that were made already, for those who ask the same. They are kept until the
 * service changes. Where an answer is a choice among more instances than it holds there
 * are several. What differs in choice or order is made anew when it is asked for and too
 * old, so that with time all instances are given in all orders.
 */
public final class ResponseCache {

	/** How many responses to one question there are of a kind, at most. */
	static final int VARIANTS = 16;

	/**
	 * How long a response is given that another could be given for. However many ask, a
	 * question costs no more than {@link #VARIANTS} new responses of a kind in this time;
	 * where few ask, nearly every response is a new one.
	 */
	static final Duration MAX_AGE = Duration.ofSeconds(1);

	/** The most questions that responses are kept for. */
	private static final int MAX_QUESTIONS = 16_384;

	/** With EDNS and without, over UDP and over TCP. */
	private static final int KINDS = 4;

	private final Map<FastPathQuery.Question, Variants> variants = new ConcurrentHashMap<>();

	private final Zones zones;

	private final QueryResponder responder;

	private final LongSupplier nanoTime;

	public ResponseCache(Zones zones, QueryResponder responder) {
		this(zones, responder, System::nanoTime);
	}

	/**
	 * Keeps responses of a responder.
	 * @param zones from which it answers
	 * @param responder makes the responses
	 * @param nanoTime as {@link System#nanoTime()}
	 */
	ResponseCache(Zones zones, QueryResponder responder, LongSupplier nanoTime) {
		this.zones = zones;
		this.responder = responder;
		this.nanoTime = nanoTime;
	}

	/**
	 * Finds a response to another query that asked the same.
	 * @param query a query
	 * @param transport over what it came
	 * @return a response for {@link FastPathQuery#adopt}, a copy of it; null when one
	 * must be made
	 */
	public @Nullable CachedResponse find(FastPathQuery query, QueryResponder.Transport transport) {
		Variants found = this.variants.get(query.question());
		if (found == null || !found.isCurrent(this.zones)) {
			return null;
		}
		CachedResponse response = found.any(kind(query, transport), this.nanoTime);
		return (response != null && response.length() <= query.limit(transport)) ? response : null;
	}

	/**
	 * Makes the response to a query and keeps it.
	 * @param query the query as it was read
	 * @param packet the query as it was received
	 * @param transport over what
	 * @return the reply, or null when none may be given
	 */
	public @Nullable Reply make(FastPathQuery query, byte[] packet, QueryResponder.Transport transport) {
		// What the response is made of is at least as new as what is found here. So what
		// is kept is right, or ends at once.
		Object names = this.zones.names();
		ServiceRecords records = this.zones.findRecords(query.name());
		Reply reply = this.responder.respond(packet, transport);
		if (reply instanceof Reply.Complete complete && records != null
				&& (!query.hasEdns() || query.limit(transport) == transport.most())) {
			keep(query, transport, CachedResponse.of(complete.response()), names, records);
		}
		return reply;
	}

	private void keep(FastPathQuery query, QueryResponder.Transport transport, CachedResponse response, Object names,
			ServiceRecords records) {
		Variants present = this.variants.get(query.question());
		if (present == null || !present.isCurrent(this.zones)) {
			int choices = records.choices(query.name(), query.type());
			if (choices == 0 || this.variants.size() >= MAX_QUESTIONS) {
				return;
			}
			Variants made = new Variants(names, records, choices, (response.records() < choices) ? VARIANTS : 1);
			FastPathQuery.Question question = query.question().copy();
			this.variants.put(question, made);
			records.whenOver(() -> this.variants.remove(question, made));
			present = made;
		}
		if (present.isOf(names, records)) {
			present.add(kind(query, transport), response, this.nanoTime.getAsLong());
		}
	}

	private static int kind(FastPathQuery query, QueryResponder.Transport transport) {
		return ((transport == QueryResponder.Transport.TCP) ? 2 : 0) + (query.hasEdns() ? 1 : 0);
	}

	/**
	 * The responses to one question.
	 */
	private static final class Variants {

		private final Object names;

		private final ServiceRecords records;

		/** How long a response is given, in nanoseconds. */
		private final long maxAge;

		private final int perKind;

		private final AtomicReferenceArray<@Nullable Ready> responses;

		private Variants(Object names, ServiceRecords records, int choices, int perKind) {
			this.names = names;
			this.records = records;
			this.maxAge = (choices > 1) ? MAX_AGE.toNanos() : Long.MAX_VALUE;
			this.perKind = perKind;
			this.responses = new AtomicReferenceArray<>(KINDS * perKind);
		}

		private boolean isCurrent(Zones zones) {
			return this.names == zones.names() && !this.records.isOver();
		}

		private boolean isOf(Object otherNames, ServiceRecords otherRecords) {
			return this.names == otherNames && this.records == otherRecords;
		}

		/**
		 * Returns one of the responses, or null when it is time to make one.
		 */
		private @Nullable CachedResponse any(int kind, LongSupplier nanoTime) {
			int chosen = (this.perKind > 1) ? ThreadLocalRandom.current().nextInt(this.perKind) : 0;
			Ready ready = this.responses.get(kind * this.perKind + chosen);
			return (ready != null && !isOld(ready, nanoTime.getAsLong())) ? ready.response : null;
		}

		private boolean isOld(Ready ready, long now) {
			return now - ready.made >= this.maxAge;
		}

		/**
		 * Puts a response where there is none or an old one. Of two that are made at once
		 * one may be lost.
		 */
		private void add(int kind, CachedResponse response, long now) {
			int place = kind * this.perKind;
			int end = place + this.perKind;
			for (int i = place; i < end; i++) {
				Ready present = this.responses.get(i);
				if (present == null || isOld(present, now)) {
					place = i;
					break;
				}
			}
			this.responses.set(place, new Ready(response, now));
		}

	}

	/**
	 * A response as it was made for another query.
	 *
	 * @param response the response
	 * @param made when, in nanoseconds
	 */
	private record Ready(CachedResponse response, long made) {
	}

}
