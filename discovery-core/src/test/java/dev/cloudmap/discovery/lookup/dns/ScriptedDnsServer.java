package dev.cloudmap.discovery.lookup.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A DNS server on loopback, by UDP and TCP on one port, with scripted answers. A name
 * without script does not exist (NXDOMAIN); a name with other record types only has no
 * such record (NODATA). An answer that exceeds the client's datagram size is truncated,
 * as by real servers.
 */
public final class ScriptedDnsServer implements AutoCloseable {

	private static final int MAX_DATAGRAM = 65_535;

	private static final int SMALLEST_DATAGRAM = 512;

	private static final int PORT_ATTEMPTS = 20;

	private static final long TTL = 10;

	private final Map<Question, UnaryOperator<Message>> script = new ConcurrentHashMap<>();

	private final List<String> queries = new CopyOnWriteArrayList<>();

	private final Collection<Socket> connections = new CopyOnWriteArrayList<>();

	private final ServerSocket tcp;

	private final DatagramSocket udp;

	private final InetSocketAddress address;

	private final List<SocketAddress> clients = new CopyOnWriteArrayList<>();

	private volatile UnaryOperator<Message> always;

	private volatile int codeForEdns = Rcode.NOERROR;

	private volatile int closingAfter = Integer.MAX_VALUE;

	private volatile UnaryOperator<byte[]> garble = UnaryOperator.identity();

	private volatile Function<Message, List<byte[]>> first = (query) -> List.of();

	private ScriptedDnsServer(ServerSocket tcp, DatagramSocket udp) {
		this.tcp = tcp;
		this.udp = udp;
		this.address = (InetSocketAddress) udp.getLocalSocketAddress();
		run(this::serveUdp);
		run(this::serveTcp);
	}

	public static ScriptedDnsServer start() {
		return start(InetAddress.getLoopbackAddress());
	}

	public static ScriptedDnsServer start(InetAddress address) {
		try {
			for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
				ServerSocket tcp = new ServerSocket(0, 0, address);
				try {
					return new ScriptedDnsServer(tcp, new DatagramSocket(tcp.getLocalPort(), address));
				}
				catch (BindException ex) {
					tcp.close();
				}
			}
			throw new IllegalStateException("no port is free for both UDP and TCP");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public InetSocketAddress address() {
		return this.address;
	}

	/**
	 * The received queries in order, such as {@code UDP SRV worker.corp.}.
	 */
	public List<String> queries() {
		return this.queries;
	}

	/**
	 * The sources of the datagrams in order.
	 */
	public List<SocketAddress> clients() {
		return this.clients;
	}

	/**
	 * The number of open TCP connections.
	 */
	public long connections() {
		return this.connections.stream().filter((connection) -> !connection.isClosed()).count();
	}

	/**
	 * Sends other messages ahead of each answer.
	 * @param messages returns them for a query
	 */
	public ScriptedDnsServer sendingFirst(Function<Message, List<byte[]>> messages) {
		this.first = messages;
		return this;
	}

	/**
	 * Sets the answer to a question.
	 * @param respond completes the answer, or returns null to stay silent
	 */
	public ScriptedDnsServer on(String name, int type, UnaryOperator<Message> respond) {
		this.script.put(new Question(name(name), type), respond);
		return this;
	}

	/**
	 * Answers a question with records, each written as in a zone file without TTL and
	 * class.
	 */
	public ScriptedDnsServer on(String name, int type, String... records) {
		return on(name, type, (answer) -> add(answer, Section.ANSWER, records));
	}

	/**
	 * Answers every question in the same way.
	 * @param respond completes the answer, or returns null to stay silent
	 */
	public ScriptedDnsServer always(UnaryOperator<Message> respond) {
		this.always = respond;
		return this;
	}

	/**
	 * Answers every question with the same code.
	 */
	public ScriptedDnsServer alwaysWith(int rcode) {
		return always((answer) -> {
			answer.getHeader().setRcode(rcode);
			return answer;
		});
	}

	/**
	 * Rejects EDNS without repeating the question.
	 */
	public ScriptedDnsServer withoutEdns() {
		return withoutEdns(Rcode.FORMERR);
	}

	/**
	 * Rejects EDNS with an unexpected code.
	 */
	public ScriptedDnsServer withoutEdns(int rcode) {
		this.codeForEdns = rcode;
		return this;
	}

	/**
	 * Answers no question.
	 */
	public ScriptedDnsServer silent() {
		return always((answer) -> null);
	}

	/**
	 * Sends changed bytes instead of the answer.
	 * @param garble changes the bytes of the answer
	 */
	public ScriptedDnsServer garbling(UnaryOperator<byte[]> garble) {
		this.garble = garble;
		return this;
	}

	/**
	 * Closes each TCP connection in the middle of the answer.
	 * @param length the number of bytes to send, including the two bytes of the length
	 */
	public ScriptedDnsServer closingAfter(int length) {
		this.closingAfter = length;
		return this;
	}

	/**
	 * Rejects TCP connections.
	 */
	public ScriptedDnsServer withoutTcp() {
		try {
			this.tcp.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return this;
	}

	public static Message add(Message answer, int section, String... records) {
		return add(answer, section, TTL, records);
	}

	public static Message add(Message answer, int section, long ttl, String... records) {
		for (String record : records) {
			answer.addRecord(record(record, ttl), section);
		}
		return answer;
	}

	private static Record record(String text, long ttl) {
		String[] parts = text.split(" ", 3);
		try {
			return Record.fromString(name(parts[0]), Type.value(parts[1]), DClass.IN, ttl, parts[2], Name.root);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Name name(String name) {
		return Name.fromConstantString(name);
	}

	private Message answer(byte[] wire, String transport) throws IOException {
		Message query = new Message(wire);
		Record asked = query.getQuestion();
		this.queries.add(transport + " " + Type.string(asked.getType()) + " " + asked.getName());
		Message answer = new Message(query.getHeader().getID());
		answer.getHeader().setFlag(Flags.QR);
		if (this.codeForEdns != Rcode.NOERROR && query.getOPT() != null) {
			return refuseEdns(answer);
		}
		answer.addRecord(asked, Section.QUESTION);
		UnaryOperator<Message> everything = this.always;
		if (everything != null) {
			return everything.apply(answer);
		}
		UnaryOperator<Message> respond = this.script.get(new Question(asked.getName(), asked.getType()));
		if (respond != null) {
			return respond.apply(answer);
		}
		if (this.script.keySet().stream().noneMatch((known) -> known.name().equals(asked.getName()))) {
			answer.getHeader().setRcode(Rcode.NXDOMAIN);
		}
		return answer;
	}

	private Message refuseEdns(Message answer) {
		answer.getHeader().setRcode(this.codeForEdns & 0xf);
		if (this.codeForEdns > 0xf) {
			answer.addRecord(new OPTRecord(SMALLEST_DATAGRAM, this.codeForEdns >> 4, 0), Section.ADDITIONAL);
		}
		return answer;
	}

	private void serveUdp() throws IOException {
		byte[] buffer = new byte[MAX_DATAGRAM];
		while (true) {
			DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
			this.udp.receive(packet);
			byte[] wire = Arrays.copyOf(packet.getData(), packet.getLength());
			this.clients.add(packet.getSocketAddress());
			for (byte[] datagram : this.first.apply(new Message(wire))) {
				this.udp.send(new DatagramPacket(datagram, datagram.length, packet.getSocketAddress()));
			}
			Message answer = answer(wire, "UDP");
			if (answer != null) {
				byte[] bytes = this.garble.apply(answer.toWire(payloadSize(new Message(wire))));
				this.udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
			}
		}
	}

	private static int payloadSize(Message query) {
		OPTRecord options = query.getOPT();
		return (options != null) ? options.getPayloadSize() : SMALLEST_DATAGRAM;
	}

	private void serveTcp() throws IOException {
		while (true) {
			Socket connection = this.tcp.accept();
			this.connections.add(connection);
			run(() -> serve(connection));
		}
	}

	private void serve(Socket connection) throws IOException {
		try (connection) {
			DataInputStream in = new DataInputStream(connection.getInputStream());
			DataOutputStream out = new DataOutputStream(connection.getOutputStream());
			while (true) {
				byte[] wire = in.readNBytes(in.readUnsignedShort());
				for (byte[] message : this.first.apply(new Message(wire))) {
					out.write(framed(message));
				}
				Message answer = answer(wire, "TCP");
				if (answer != null) {
					byte[] bytes = framed(this.garble.apply(answer.toWire()));
					out.write(bytes, 0, Math.min(bytes.length, this.closingAfter));
					if (this.closingAfter < bytes.length) {
						return;
					}
				}
			}
		}
	}

	private static byte[] framed(byte[] message) {
		return ByteBuffer.allocate(Short.BYTES + message.length).putShort((short) message.length).put(message).array();
	}

	private static void run(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException | UncheckedIOException ex) {
				// the client or the test has closed its end
			}
		}, "scripted-dns");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		this.udp.close();
		try {
			this.tcp.close();
			for (Socket connection : this.connections) {
				connection.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private record Question(Name name, int type) {
	}

	@FunctionalInterface
	private interface Task {

		void run() throws IOException;

	}

}
