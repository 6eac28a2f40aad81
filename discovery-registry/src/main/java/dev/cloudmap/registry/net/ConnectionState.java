package dev.cloudmap.registry.net;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

/**
 * Whether a connection is processing requests. Changed by the event loop of the
 * connection; any thread can read it.
 */
public final class ConnectionState {

	private static final AttributeKey<ConnectionState> KEY = AttributeKey.valueOf(ConnectionState.class, "state");

	private int requestsInProgress;

	private volatile boolean inUse;

	/** The time of the accept or of the latest response. */
	private volatile long since = System.nanoTime();

	private ConnectionState() {
	}

	static ConnectionState begin(Channel connection) {
		ConnectionState state = new ConnectionState();
		connection.attr(KEY).set(state);
		return state;
	}

	static ConnectionState of(Channel connection) {
		return connection.attr(KEY).get();
	}

	/**
	 * Records the end of a request, with or without a response. Called on the event loop
	 * of the connection, once for each request.
	 * @param connection the connection
	 */
	public static void requestEnded(Channel connection) {
		ConnectionState state = of(connection);
		if (--state.requestsInProgress == 0) {
			state.since = System.nanoTime();
			state.inUse = false;
		}
	}

	void requestArrived() {
		this.requestsInProgress++;
		this.inUse = true;
	}

	/**
	 * Returns whether a request is in progress.
	 */
	boolean isInUse() {
		return this.inUse;
	}

	/**
	 * Returns the nanoseconds since the accept or the latest response. An incomplete
	 * request does not count, because a client could extend it.
	 * @param now the time as in {@link System#nanoTime()}
	 */
	long age(long now) {
		return now - this.since;
	}

}
