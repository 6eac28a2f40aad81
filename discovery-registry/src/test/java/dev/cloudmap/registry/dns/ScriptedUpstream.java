package dev.cloudmap.registry.dns;

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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
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
 * A resolver on loopback with scripted answers over UDP and TCP on one port. Other names
 * do not exist. Large responses are truncated.
 */
final class ScriptedUpstream implements AutoCloseable {

	private static final int PORT_ATTEMPTS = 20;

	private static final int PLAIN_UDP_SIZE = 512;

	private final Map<String, UnaryOperator<Message>> script = new ConcurrentHashMap<>();

	private final List<String> queries = new CopyOnWriteArrayList<>();

	private final List<Message> received = new CopyOnWriteArrayList<>();

	private final List<SocketAddress> clients = new CopyOnWriteArrayList<>();

	private final List<Socket> connections = new CopyOnWriteArrayList<>();

	private final ServerSocket tcp;

	private final DatagramSocket udp;

	/** Runs before each UDP answer. */
	private volatile Function<Message, List<byte[]>> first = (query) -> List.of();

	private volatile BiFunction<Message, Message, Message> always;

	private final InetSocketAddress address;

	private ScriptedUpstream(ServerSocket tcp, DatagramSocket udp) {
		this.tcp = tcp;
		this.udp = udp;
		this.address = (InetSocketAddress) udp.getLocalSocketAddress();
		run(this::serveUdp);
		run(this::serveTcp);
	}

	static ScriptedUpstream start() throws IOException {
		InetAddress address = InetAddress.getLoopbackAddress();
		for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
			ServerSocket tcp = new ServerSocket(0, 0, address);
			try {
				return new ScriptedUpstream(tcp, new DatagramSocket(tcp.getLocalPort(), address));
			}
			catch (BindException ex) {
				tcp.close();
			}
		}
		throw new IllegalStateException("No port is free for both UDP and TCP");
	}

	InetSocketAddress address() {
		return this.address;
	}

	/**
	 * Returns the queries in order, such as {@code UDP A www.example.org.}.
	 */
	List<String> queries() {
		return this.queries;
	}

	List<Message> received() {
		return this.received;
	}

	/**
	 * Returns the sources of the datagrams in order.
	 */
	List<SocketAddress> clients() {
		return this.clients;
	}

	/**
	 * Answers a question with records, each as in a zone file: owner, TTL, type, data.
	 */
	ScriptedUpstream on(String name, int type, String... records) {
		return on(name, type, (answer) -> add(answer, Section.ANSWER, records));
	}

	/**
	 * Answers a question with a custom response.
	 * @param respond completes the answer, or returns null to send nothing
	 */
	ScriptedUpstream on(String name, int type, UnaryOperator<Message> respond) {
		this.script.put(name + type, respond);
		return this;
	}

	/**
	 * Answers every question with the same function.
	 * @param respond completes the answer to a query, or returns null to send nothing
	 */
	ScriptedUpstream always(BiFunction<Message, Message, Message> respond) {
		this.always = respond;
		return this;
	}

	ScriptedUpstream alwaysWith(int rcode) {
		return always((query, answer) -> withRcode(answer, rcode));
	}

	ScriptedUpstream silent() {
		return always((query, answer) -> null);
	}

	ScriptedUpstream sendingFirst(Function<Message, List<byte[]>> datagrams) {
		this.first = datagrams;
		return this;
	}

	void refuseTcp() throws IOException {
		this.tcp.close();
	}

	static Message withRcode(Message answer, int rcode) {
		answer.getHeader().setRcode(rcode);
		return answer;
	}

	static Message add(Message answer, int section, String... records) {
		for (String text : records) {
			answer.addRecord(record(text), section);
		}
		return answer;
	}

	static Record record(String text) {
		String[] parts = text.split(" ", 4);
		try {
			return Record.fromString(Name.fromString(parts[0]), Type.value(parts[2]), DClass.IN,
					Long.parseLong(parts[1]), parts[3], Name.root);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Message answer(Message query, String transport) {
		Record asked = query.getQuestion();
		this.received.add(query);
		this.queries.add(transport + " " + Type.string(asked.getType()) + " " + asked.getName());
		Message answer = new Message(query.getHeader().getID());
		answer.getHeader().setFlag(Flags.QR);
		answer.getHeader().setFlag(Flags.RA);
		answer.addRecord(asked, Section.QUESTION);
		if (this.always != null) {
			return this.always.apply(query, answer);
		}
		UnaryOperator<Message> respond = this.script
			.get(asked.getName().toString().toLowerCase(Locale.ROOT) + asked.getType());
		return (respond != null) ? respond.apply(answer) : withRcode(answer, Rcode.NXDOMAIN);
	}

	private void serveUdp() throws IOException {
		byte[] buffer = new byte[2048];
		while (true) {
			DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
			this.udp.receive(packet);
			Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
			this.clients.add(packet.getSocketAddress());
			for (byte[] datagram : this.first.apply(query)) {
				this.udp.send(new DatagramPacket(datagram, datagram.length, packet.getSocketAddress()));
			}
			Message answer = answer(query, "UDP");
			if (answer != null) {
				OPTRecord edns = query.getOPT();
				byte[] bytes = answer.toWire((edns != null) ? edns.getPayloadSize() : PLAIN_UDP_SIZE);
				this.udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
			}
		}
	}

	private void serveTcp() throws IOException {
		while (true) {
			Socket connection = this.tcp.accept();
			this.connections.add(connection);
			run(() -> serve(connection));
		}
	}

	private void serve(Socket connection) throws IOException {
		DataInputStream in = new DataInputStream(connection.getInputStream());
		DataOutputStream out = new DataOutputStream(connection.getOutputStream());
		while (true) {
			Message answer = answer(new Message(in.readNBytes(in.readUnsignedShort())), "TCP");
			if (answer != null) {
				byte[] bytes = answer.toWire(65_535);
				out.writeShort(bytes.length);
				out.write(bytes);
			}
		}
	}

	private static void run(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// The client or the test closed the connection.
			}
		}, "scripted-upstream");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.udp.close();
		this.tcp.close();
		for (Socket connection : this.connections) {
			connection.close();
		}
	}

	@FunctionalInterface
	private interface Task {

		void run() throws IOException;

	}

}
