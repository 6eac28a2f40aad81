package dev.cloudmap.testsupport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections that fill the backlog of a server that accepts none. The operating
 * system drops the packets of further connection attempts, as a host does that is not
 * reachable.
 */
public final class FullBacklog implements Closeable {

	private static final int MAX_CONNECTIONS = 10_000;

	/** An attempt on loopback that takes longer is not answered. */
	private static final int CONNECT_TIMEOUT_MILLIS = 200;

	private final List<Socket> connections = new ArrayList<>();

	private FullBacklog() {
	}

	/**
	 * Fills the backlog of a server on the loopback address.
	 */
	public static FullBacklog of(int port) throws IOException {
		return of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
	}

	/**
	 * Fills the backlog of a server.
	 */
	public static FullBacklog of(SocketAddress server) throws IOException {
		FullBacklog backlog = new FullBacklog();
		try {
			while (backlog.connections.size() < MAX_CONNECTIONS) {
				Socket waiting = new Socket();
				backlog.connections.add(waiting);
				waiting.connect(server, CONNECT_TIMEOUT_MILLIS);
			}
		}
		catch (SocketTimeoutException ex) {
			return backlog;
		}
		backlog.close();
		throw new IllegalStateException("The backlog is not full after " + MAX_CONNECTIONS + " connections");
	}

	@Override
	public void close() throws IOException {
		for (Socket connection : this.connections) {
			connection.close();
		}
	}

}
