package dev.cloudmap.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A server on loopback with a full backlog that accepts no connection, so that connection
 * attempts hang.
 */
public final class FullServer implements AutoCloseable {

	private final ServerSocket server;

	private final List<Socket> sockets = new ArrayList<>();

	private FullServer(ServerSocket server) {
		this.server = server;
	}

	public static FullServer open() throws IOException {
		FullServer full = new FullServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
		full.fill();
		return full;
	}

	private void fill() throws IOException {
		for (int i = 0; i < 10; i++) {
			Socket socket = new Socket();
			this.sockets.add(socket);
			try {
				socket.connect(this.server.getLocalSocketAddress(), 200);
			}
			catch (SocketTimeoutException ex) {
				return;
			}
		}
		throw new IllegalStateException("The backlog is not full");
	}

	public int port() {
		return this.server.getLocalPort();
	}

	@Override
	public void close() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.server.close();
	}

}
