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
 * Caches encoded responses until the service changes. If an answer contains only some of
 * the instances, several responses are cached. Responses with a choice or an order of
 * records are replaced after {@link #MAX_AGE}, so that over time all instances occur in
 * all orders.
 */
public final class ResponseCache {

	/** The maximum number of cached responses to a question of a kind. */
	static final int VARIANTS = 16;

	/**
	 * The maximum age of a response with a choice or an order of records. A question
	 * costs at most {@link #VARIANTS} new responses of a kind in this time.
	 */
	static final Duration MAX_AGE = Duration.ofSeconds(1);

	/** The maximum number of cached questions. */
	private static final int MAX_QUESTIONS = 16_384;

	/** With and without EDNS, over UDP and TCP. */
	private static final int KINDS = 4;

	private final Map<FastPathQuery.Question, Variants> variants = new ConcurrentHashMap<>();

	private final Zones zones;

	private final QueryResponder responder;

	private final LongSupplier nanoTime;

	public ResponseCache(Zones zones, QueryResponder responder) {
		this(zones, responder, System::nanoTime);
	}

	/**
	 * Creates a cache.
	 * @param zones the zones
	 * @param responder creates the responses
	 * @param nanoTime the time as in {@link System#nanoTime()}
	 */
	ResponseCache(Zones zones, QueryResponder responder, LongSupplier nanoTime) {
		this.zones = zones;
		this.responder = responder;
		this.nanoTime = nanoTime;
	}

	/**
	 * Finds a cached response.
	 * @param query a query
	 * @param transport the transport of the query
	 * @return a response for {@link FastPathQuery#adopt}, or null
	 */
	public @Nullable CachedResponse find(FastPathQuery query, QueryResponder.Transport transport) {
		Variants found = query.isCommon() ? this.variants.get(query.question()) : null;
		if (found == null || !found.isCurrent(this.zones)) {
			return null;
		}
		CachedResponse response = found.any(kind(query, transport), this.nanoTime);
		return (response != null && response.length() <= query.limit(transport)) ? response : null;
	}

	/**
	 * Creates the response to a query, and caches it if the query is common.
	 * @param query the query
	 * @param packet the query in wire format
	 * @param transport the transport of the query
	 * @return the reply, or null for no response
	 */
	public @Nullable Reply make(FastPathQuery query, byte[] packet, QueryResponder.Transport transport) {
		if (!query.isCommon()) {
			return this.responder.respond(packet, transport);
		}
		// Read before the response is created: if it is newer, the cached response is
		// invalid at once.
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
			records.onReplaced(() -> this.variants.remove(question, made));
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

		/** In nanoseconds. */
		private final long maxAge;

		private final int perKind;

		private final AtomicReferenceArray<@Nullable TimedResponse> responses;

		private Variants(Object names, ServiceRecords records, int choices, int perKind) {
			this.names = names;
			this.records = records;
			this.maxAge = (choices > 1) ? MAX_AGE.toNanos() : Long.MAX_VALUE;
			this.perKind = perKind;
			this.responses = new AtomicReferenceArray<>(KINDS * perKind);
		}

		private boolean isCurrent(Zones zones) {
			return this.names == zones.names() && !this.records.isReplaced();
		}

		private boolean isOf(Object otherNames, ServiceRecords otherRecords) {
			return this.names == otherNames && this.records == otherRecords;
		}

		/**
		 * Returns one of the responses, or null if it is absent or too old.
		 */
		private @Nullable CachedResponse any(int kind, LongSupplier nanoTime) {
			int chosen = (this.perKind > 1) ? ThreadLocalRandom.current().nextInt(this.perKind) : 0;
			TimedResponse timed = this.responses.get(kind * this.perKind + chosen);
			return (timed != null && !isOld(timed, nanoTime.getAsLong())) ? timed.response : null;
		}

		private boolean isOld(TimedResponse timed, long now) {
			return now - timed.created >= this.maxAge;
		}

		/**
		 * Puts a response where there is none or an old one. Of two that are made at once
		 * one may be lost.
		 */
		private void add(int kind, CachedResponse response, long now) {
			int place = kind * this.perKind;
			int end = place + this.perKind;
			for (int i = place; i < end; i++) {
				TimedResponse present = this.responses.get(i);
				if (present == null || isOld(present, now)) {
					place = i;
					break;
				}
			}
			this.responses.set(place, new TimedResponse(response, now));
		}

	}

	/**
	 * A response and its time.
	 *
	 * @param response the response
	 * @param created the time in nanoseconds
	 */
	private record TimedResponse(CachedResponse response, long created) {
	}

}
