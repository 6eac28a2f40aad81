package dev.cloudmap.registry.dns;

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
 * Sends what it is told to send, as it is, and gives what comes.
 */
final class DnsConnection implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 10_000;

	private final DatagramSocket udp;

	private final Socket tcp;

	private DnsConnection(DatagramSocket udp, Socket tcp) {
		this.udp = udp;
		this.tcp = tcp;
	}

	static DnsConnection overUdp(InetSocketAddress server) throws IOException {
		DatagramSocket socket = new DatagramSocket();
		socket.connect(server);
		socket.setSoTimeout(PATIENCE_MILLIS);
		return new DnsConnection(socket, null);
	}

	static DnsConnection overTcp(InetSocketAddress server) throws IOException {
		Socket socket = new Socket(server.getAddress(), server.getPort());
		socket.setSoTimeout(PATIENCE_MILLIS);
		return new DnsConnection(null, socket);
	}

	/**
	 * A query that wishes recursion, without EDNS.
	 */
	static Message query(String name, int type) throws IOException {
		return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
	}

	/**
	 * A query with EDNS.
	 * @param flags those of EDNS
	 */
	static Message query(String name, int type, int payload, int flags) throws IOException {
		Message query = query(name, type);
		query.addRecord(new OPTRecord(payload, 0, 0, flags), Section.ADDITIONAL);
		return query;
	}

	Message ask(String name, int type) throws IOException {
		return ask(query(name, type));
	}

	Message ask(Message query) throws IOException {
		send(query);
		Message answer = receive();
		if (answer.getHeader().getID() != query.getHeader().getID()) {
			throw new IOException("An answer to something else: " + answer);
		}
		return answer;
	}

	void send(Message query) throws IOException {
		byte[] wire = query.toWire();
		if (this.udp != null) {
			this.udp.send(new DatagramPacket(wire, wire.length));
		}
		else {
			DataOutputStream out = new DataOutputStream(this.tcp.getOutputStream());
			out.writeShort(wire.length);
			out.write(wire);
		}
	}

	Message receive() throws IOException {
		return new Message(receiveBytes());
	}

	byte[] receiveBytes() throws IOException {
		if (this.udp != null) {
			DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
			this.udp.receive(packet);
			return Arrays.copyOf(packet.getData(), packet.getLength());
		}
		DataInputStream in = new DataInputStream(this.tcp.getInputStream());
		return in.readNBytes(in.readUnsignedShort());
	}

	@Override
	public void close() throws IOException {
		if (this.udp != null) {
			this.udp.close();
		}
		else {
			this.tcp.close();
		}
	}

}
