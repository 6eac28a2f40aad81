package dev.cloudmap.registry.net;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

/**
 * What a connection is doing. Its event loop changes this; other threads may read it.
 */
public final class ConnectionState {

	private static final AttributeKey<ConnectionState> KEY = AttributeKey.valueOf(ConnectionState.class, "state");

	/** How many requests have arrived and are not answered. */
	private int underWay;

	private volatile Kind kind = Kind.IDLE;

	/** When it became of its kind, by {@link System#nanoTime()}. */
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
	 * Notes that a request was answered, or is not going to be. A connection stays in use
	 * until this is called once for each of its requests. Called on its event loop.
	 * @param connection the connection
	 */
	public static void requestEnded(Channel connection) {
		ConnectionState state = of(connection);
		if (--state.underWay == 0) {
			state.become(Kind.IDLE);
		}
	}

	/**
	 * Notes that a request has begun to arrive.
	 */
	void requestBegun() {
		if (this.underWay == 0) {
			become(Kind.ARRIVING);
		}
	}

	/**
	 * Notes that a request has arrived whole.
	 */
	void requestArrived() {
		this.underWay++;
		become(Kind.IN_USE);
	}

	private void become(Kind next) {
		this.since = System.nanoTime();
		this.kind = next;
	}

	Kind kind() {
		return this.kind;
	}

	/**
	 * Returns how long it has been of its kind, in nanoseconds.
	 * @param now the time, by {@link System#nanoTime()}
	 */
	long age(long now) {
		return now - this.since;
	}

	/**
	 * The kinds of connections, those first that are closed first when there are too
	 * many.
	 */
	enum Kind {

		/** No request has begun since the last one was answered. */
		IDLE,
		/** A request has begun, but has not arrived whole. */
		ARRIVING,
		/** A request is being answered. Such a connection is not closed for another. */
		IN_USE

	}

}
