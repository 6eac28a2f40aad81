package dev.cloudmap.discovery.test;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reserves a port on which nothing listens, so that the operating system does not assign
 * it to another program. The port is closed for clients: a TCP socket that is bound but
 * does not listen refuses connections, and a connected UDP socket receives nothing from
 * other sources.
 */
final class PortReservation implements AutoCloseable {

	private static final int DISCARD_PORT = 9;

	private final Deque<AutoCloseable> sockets = new ArrayDeque<>();

	private PortReservation() {
	}

	/**
	 * Reserves a TCP port that was just in use. If that is not possible, the port is
	 * closed but not reserved.
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
			// recently closed connections must not prevent the reservation
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
