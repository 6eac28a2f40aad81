package dev.cloudmap.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Returns ports of the loopback address. Tests must not use the port of a closed socket,
 * because the operating system may assign it to the next socket of another test.
 */
public final class Ports {

	/** The ephemeral ports of Linux begin at 32768. */
	private static final int EPHEMERAL = 32_000;

	private static final int LOWEST = 12_000;

	private static final int ATTEMPTS = 1000;

	/**
	 * The open sockets of refusing ports. The queue prevents their garbage collection.
	 */
	private static final Queue<Socket> refusing = new ConcurrentLinkedQueue<>();

	private Ports() {
	}

	/**
	 * Returns a port that is free for TCP and UDP. It is not an ephemeral port, so the
	 * operating system assigns it to no other socket before the test uses it or while the
	 * server of the test is stopped.
	 */
	public static int free() {
		for (int i = 0; i < ATTEMPTS; i++) {
			int port = ThreadLocalRandom.current().nextInt(LOWEST, EPHEMERAL);
			InetSocketAddress address = loopback(port);
			try (ServerSocket tcp = new ServerSocket(); DatagramSocket udp = new DatagramSocket(address)) {
				tcp.bind(address);
				return udp.getLocalPort();
			}
			catch (IOException ex) {
				// the port is in use: try the next one
			}
		}
		throw new IllegalStateException("No port from " + LOWEST + " to " + EPHEMERAL + " is free");
	}

	/**
	 * Returns a port that refuses TCP connections as long as this JVM runs. Its socket is
	 * bound and does not listen.
	 */
	public static int refusing() {
		Socket socket = new Socket();
		refusing.add(socket);
		try {
			socket.bind(loopback(0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return socket.getLocalPort();
	}

	private static InetSocketAddress loopback(int port) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

}
