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

	private volatile boolean inUse;

	/** When it was accepted or last answered, by {@link System#nanoTime()}. */
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
			state.since = System.nanoTime();
			state.inUse = false;
		}
	}

	/**
	 * Notes that a request has arrived whole.
	 */
	void requestArrived() {
		this.underWay++;
		this.inUse = true;
	}

	/**
	 * Returns whether a request is being answered.
	 */
	boolean isInUse() {
		return this.inUse;
	}

	/**
	 * Returns how long ago it was accepted or last answered, in nanoseconds. The
	 * beginning of a request changes nothing: a client could make it last.
	 * @param now the time, by {@link System#nanoTime()}
	 */
	long age(long now) {
		return now - this.since;
	}

}
