package dev.cloudmap.discovery.lookup.dns.query;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.lookup.dns.ScriptedDnsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DnsSocketsTests {

	private static final Record QUESTION = Record.newRecord(Name.fromConstantString("worker.corp."), Type.A, DClass.IN);

	/** Long enough for a busy machine. */
	private static final Duration PATIENT = Duration.ofSeconds(10);

	private final DnsSockets sockets = new DnsSockets();

	private final ScriptedDnsServer server = ScriptedDnsServer.start()
		.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 1000 })
	void acceptsATcpAnswerInPieces(int piece) throws Exception {
		try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(tcp, piece));
			Message answer = send(DnsTransport.TCP, (InetSocketAddress) tcp.getLocalSocketAddress(),
					Message.newQuery(QUESTION), PATIENT)
				.get(20, TimeUnit.SECONDS);
			assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
			served.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void closesASilentConnectionAtTheTimeout() throws Exception {
		try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThatThrownBy(() -> send(DnsTransport.TCP, (InetSocketAddress) tcp.getLocalSocketAddress(),
					Message.newQuery(QUESTION), Duration.ofMillis(200))
				.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
			try (Socket accepted = tcp.accept()) {
				accepted.setSoTimeout((int) PATIENT.toMillis());
				accepted.getInputStream().readAllBytes();
			}
		}
	}

	@Test
	void continuesAfterAnErrorOfTheThread() throws Exception {
		Message failing = new Message(Message.newQuery(QUESTION).toWire()) {

			@Override
			public Header getHeader() {
				throw new LinkageError("thrown on purpose");
			}

		};
		assertThatThrownBy(() -> send(DnsTransport.UDP, this.server.address(), failing, Duration.ofMillis(200)).get(20,
				TimeUnit.SECONDS))
			.hasCauseInstanceOf(TimeoutException.class);
		Message answer = send(DnsTransport.UDP, this.server.address(), Message.newQuery(QUESTION), PATIENT).get(20,
				TimeUnit.SECONDS);
		assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
	}

	private CompletableFuture<Message> send(DnsTransport transport, InetSocketAddress server, Message query,
			Duration timeout) {
		return this.sockets.send(transport, server, query, timeout);
	}

	/**
	 * Sends three messages in pieces: an empty one, one that is not the answer, and the
	 * answer.
	 */
	private static void serve(ServerSocket tcp, int piece) {
		try (Socket connection = tcp.accept()) {
			connection.setTcpNoDelay(true);
			DataInputStream in = new DataInputStream(connection.getInputStream());
			Message query = new Message(in.readNBytes(in.readUnsignedShort()));
			byte[] astray = Message.newQuery(QUESTION).toWire();
			byte[] answer = answer(query).toWire();
			ByteBuffer all = ByteBuffer.allocate(3 * Short.BYTES + astray.length + answer.length)
				.putShort((short) 0)
				.putShort((short) astray.length)
				.put(astray)
				.putShort((short) answer.length)
				.put(answer)
				.flip();
			OutputStream out = connection.getOutputStream();
			while (all.hasRemaining()) {
				byte[] bytes = new byte[Math.min(piece, all.remaining())];
				all.get(bytes);
				out.write(bytes);
				out.flush();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Message answer(Message query) {
		Message answer = new Message(query.getHeader().getID());
		answer.getHeader().setFlag(Flags.QR);
		answer.addRecord(QUESTION, Section.QUESTION);
		return ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. A 10.0.0.1");
	}

}
