package dev.cloudmap.registry.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A client that sends arbitrary bytes over one UDP socket or one TCP connection.
 */
abstract class RawDnsClient implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 15_000;

	private static final int MAX_MESSAGE = 65_535;

	static RawDnsClient udp(InetSocketAddress server) throws IOException {
		return new Udp(server);
	}

	static RawDnsClient tcp(InetSocketAddress server) throws IOException {
		return new Tcp(server);
	}

	/**
	 * Returns a query with recursion desired and without EDNS.
	 */
	static Message query(String name, int type) throws IOException {
		return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
	}

	/**
	 * Returns a query with EDNS.
	 * @param flags the EDNS flags
	 */
	static Message query(String name, int type, int payload, int flags) throws IOException {
		Message query = query(name, type);
		query.addRecord(new OPTRecord(payload, 0, 0, flags), Section.ADDITIONAL);
		return query;
	}

	/**
	 * Builds a packet from numbers (16 bits each), bytes and strings. A string is a name
	 * of complete labels separated by dots, without the root.
	 */
	static byte[] packet(Object... parts) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		DataOutputStream out = new DataOutputStream(bytes);
		for (Object part : parts) {
			if (part instanceof Integer number) {
				out.writeShort(number);
			}
			else if (part instanceof byte[] raw) {
				out.write(raw);
			}
			else {
				for (String label : part.toString().split("\\.", -1)) {
					out.writeByte(label.length());
					out.writeBytes(label);
				}
			}
		}
		return bytes.toByteArray();
	}

	abstract void send(byte[] message) throws IOException;

	/**
	 * Sends bytes that need not form a message.
	 */
	abstract void sendRaw(byte[] bytes) throws IOException;

	/**
	 * Receives the next message, or fails when there is none within 15 seconds.
	 */
	abstract byte[] receive() throws IOException;

	byte[] ask(byte[] message) throws IOException {
		send(message);
		return receive();
	}

	void send(Message query) throws IOException {
		send(query.toWire());
	}

	Message receiveMessage() throws IOException {
		return new Message(receive());
	}

	Message ask(String name, int type) throws IOException {
		return ask(query(name, type));
	}

	Message ask(Message query) throws IOException {
		send(query);
		Message answer = receiveMessage();
		if (answer.getHeader().getID() != query.getHeader().getID()) {
			throw new IOException("An answer to something else: " + answer);
		}
		return answer;
	}

	/**
	 * Closes the output of the connection.
	 */
	abstract void endQueries() throws IOException;

	/**
	 * Closes the connection without reading pending data.
	 */
	abstract void reset() throws IOException;

	@Override
	public abstract void close() throws IOException;

	private static final class Udp extends RawDnsClient {

		private final DatagramSocket socket = new DatagramSocket();

		private final InetSocketAddress server;

		private Udp(InetSocketAddress server) throws IOException {
			this.server = server;
			this.socket.setSoTimeout(TIMEOUT_MILLIS);
		}

		@Override
		void sendRaw(byte[] bytes) throws IOException {
			send(bytes);
		}

		@Override
		void send(byte[] message) throws IOException {
			this.socket.send(new DatagramPacket(message, message.length, this.server));
		}

		@Override
		byte[] receive() throws IOException {
			DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE], MAX_MESSAGE);
			this.socket.receive(packet);
			if (!packet.getSocketAddress().equals(this.server)) {
				throw new IOException("An answer from " + packet.getSocketAddress());
			}
			return Arrays.copyOf(packet.getData(), packet.getLength());
		}

		@Override
		void endQueries() {
			throw new UnsupportedOperationException("UDP has no end");
		}

		@Override
		void reset() {
			close();
		}

		@Override
		public void close() {
			this.socket.close();
		}

	}

	private static final class Tcp extends RawDnsClient {

		private final Socket socket;

		private Tcp(InetSocketAddress server) throws IOException {
			this.socket = new Socket(server.getAddress(), server.getPort());
			this.socket.setSoTimeout(TIMEOUT_MILLIS);
		}

		@Override
		void sendRaw(byte[] bytes) throws IOException {
			this.socket.getOutputStream().write(bytes);
		}

		@Override
		void send(byte[] message) throws IOException {
			sendRaw(packet(message.length, message));
		}

		@Override
		byte[] receive() throws IOException {
			DataInputStream in = new DataInputStream(this.socket.getInputStream());
			byte[] message = new byte[in.readUnsignedShort()];
			in.readFully(message);
			return message;
		}

		@Override
		void endQueries() throws IOException {
			this.socket.shutdownOutput();
		}

		@Override
		void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			close();
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
