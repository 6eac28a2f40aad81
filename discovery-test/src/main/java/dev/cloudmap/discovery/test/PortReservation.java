package dev.cloudmap.discovery.test;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps a port for its owner while nothing listens there, so that the operating system
 * gives it to no other program as a free one. Clients see the port closed: a TCP socket
 * that is bound and does not listen refuses connections, and a connected UDP socket
 * receives nothing from others.
 */
final class PortReservation implements AutoCloseable {

	private static final int DISCARD_PORT = 9;

	private final Deque<AutoCloseable> sockets = new ArrayDeque<>();

	private PortReservation() {
	}

	/**
	 * Reserves a TCP port that was just in use. Where that is not possible, the port is
	 * closed all the same.
	 */
	static PortReservation tcp(InetSocketAddress address) {
		PortReservation reservation = new PortReservation();
		reservation.addTcp(address);
		return reservation;
	}

	/**
	 * Reserves a TCP port, and another port for TCP and UDP.
	 */
	static PortReservation tcpAndDns(InetSocketAddress tcp, InetSocketAddress dns) {
		PortReservation reservation = new PortReservation();
		reservation.addTcp(tcp);
		reservation.addTcp(dns);
		reservation.addUdp(dns);
		return reservation;
	}

	private void addTcp(InetSocketAddress address) {
		Socket socket = new Socket();
		this.sockets.push(socket);
		try {
			// connections that were closed a moment ago must not be in the way
			socket.setReuseAddress(true);
			socket.bind(address);
		}
		catch (IOException ex) {
			// the port stays unreserved
		}
	}

	private void addUdp(InetSocketAddress address) {
		try {
			DatagramSocket socket = new DatagramSocket(address);
			this.sockets.push(socket);
			socket.connect(address.getAddress(), DISCARD_PORT);
		}
		catch (IOException ex) {
			// the port stays unreserved
		}
	}

	@Override
	public void close() {
		while (!this.sockets.isEmpty()) {
			try {
				this.sockets.pop().close();
			}
			catch (Exception ex) {
				// nothing was sent or received
			}
		}
	}

}
