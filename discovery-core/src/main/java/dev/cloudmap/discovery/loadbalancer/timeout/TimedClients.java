package dev.cloudmap.discovery.loadbalancer.timeout;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * The clients of one library that differ in their timeouts. A library fixes its timeouts
 * when a client is created, so there is one client for each pair of timeouts that it
 * uses.
 *
 * @param <T> the type of the clients
 */
public final class TimedClients<T> {

	/** A limit, since a client may have connections and threads of its own. */
	static final int MAX_CLIENTS = 16;

	private static final Logger logger = LoggerFactory.getLogger(TimedClients.class);

	private static final Comparator<@Nullable Duration> SHORTER_FIRST = Comparator.nullsLast(Comparator.naturalOrder());

	private static final Comparator<ConnectionTimeouts> SHORTEST_FIRST = Comparator
		.comparing(ConnectionTimeouts::connect, SHORTER_FIRST)
		.thenComparing(ConnectionTimeouts::read, SHORTER_FIRST);

	private final T untimed;

	private final UnaryOperator<ConnectionTimeouts> used;

	private final Function<ConnectionTimeouts, T> create;

	private final Map<ConnectionTimeouts, T> timed = new ConcurrentHashMap<>();

	/**
	 * Creates the clients.
	 * @param untimed sends the requests that are not load-balanced
	 * @param used selects the timeouts that the library uses
	 * @param create creates a client like {@code untimed} with the given timeouts
	 */
	public TimedClients(T untimed, UnaryOperator<ConnectionTimeouts> used, Function<ConnectionTimeouts, T> create) {
		this.untimed = untimed;
		this.used = used;
		this.create = create;
	}

	/**
	 * The client for a call. Beyond the maximum number of clients it may have longer
	 * timeouts than the call, never shorter ones.
	 * @param call the call; null for a request that is not load-balanced
	 */
	T of(@Nullable Call call) {
		if (call == null) {
			return this.untimed;
		}
		ConnectionTimeouts timeouts = this.used.apply(ConnectionTimeouts.of(call.timeouts()));
		T known = this.timed.get(timeouts);
		if (known != null) {
			return known;
		}
		return (this.timed.size() < MAX_CLIENTS) ? this.timed.computeIfAbsent(timeouts, this::create)
				: nearest(timeouts);
	}

	private T nearest(ConnectionTimeouts wanted) {
		return this.timed.entrySet()
			.stream()
			.filter((known) -> isAtLeast(known.getKey(), wanted))
			.min(Map.Entry.comparingByKey(SHORTEST_FIRST))
			.map(Map.Entry::getValue)
			.orElse(this.untimed);
	}

	private static boolean isAtLeast(ConnectionTimeouts timeouts, ConnectionTimeouts wanted) {
		return SHORTER_FIRST.compare(timeouts.connect(), wanted.connect()) >= 0
				&& SHORTER_FIRST.compare(timeouts.read(), wanted.read()) >= 0;
	}

	private T create(ConnectionTimeouts timeouts) {
		try {
			return this.create.apply(timeouts);
		}
		catch (RuntimeException ex) {
			logger.warn("{} keeps its own timeouts, since it cannot be created with {}",
					this.untimed.getClass().getName(), timeouts, ex);
			return this.untimed;
		}
	}

	/**
	 * All clients.
	 */
	Stream<T> all() {
		return Stream.concat(Stream.of(this.untimed), this.timed.values().stream()).distinct();
	}

}
