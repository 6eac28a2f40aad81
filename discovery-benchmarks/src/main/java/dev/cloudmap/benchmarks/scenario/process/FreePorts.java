package dev.cloudmap.benchmarks.scenario.process;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Allocates free ports on loopback. They stay free while their server is stopped, because
 * they are below the ephemeral ports of operating systems.
 */
public final class FreePorts {

	private static final int LOWEST = 12_000;

	private static final int BOUND = 32_000;

	private static final int ATTEMPTS = 1000;

	private FreePorts() {
	}

	/**
	 * Returns a port that is free for TCP and UDP.
	 */
	public static int take() {
		for (int i = 0; i < ATTEMPTS; i++) {
			int port = ThreadLocalRandom.current().nextInt(LOWEST, BOUND);
			InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
			try (ServerSocket tcp = new ServerSocket(); DatagramSocket udp = new DatagramSocket(address)) {
				tcp.bind(address);
				return udp.getLocalPort();
			}
			catch (IOException ex) {
				// the port is in use: try the next one
			}
		}
		throw new IllegalStateException("No port from " + LOWEST + " to " + BOUND + " is free");
	}

}
