package dev.cloudmap.registry.dns;

import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Failing and misbehaving upstreams, and forged responses.
 */
class DnsForwardUpstreamTests {

	private static final String NAME = "www.example.org.";

	/** Number of datagrams that fit in a socket buffer. */
	private static final int BURST = 64;

	private final List<AutoCloseable> opened = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable each : this.opened) {
			each.close();
		}
	}

	private <T extends AutoCloseable> T opened(T resource) {
		this.opened.add(0, resource);
		return resource;
	}

	private ScriptedUpstream upstream() throws IOException {
		return opened(ScriptedUpstream.start().on(NAME, Type.A, NAME + " 60 A 192.0.2.1"));
	}

	private RawDnsClient client(Forwarder.Timeouts timeouts, InetSocketAddress... upstreams) throws IOException {
		return opened(RawDnsClient.udp(opened(ForwardingServer.to(timeouts, upstreams)).address()));
	}

	private static void assertAnswered(Message answer) {
		assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
		assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
		assertThat(answer.getSection(Section.ANSWER).get(0).rdataToString()).isEqualTo("192.0.2.1");
	}

	@Test
	void queriesNextAfterTimeout() throws Exception {
		ScriptedUpstream silent = upstream().silent();
		ScriptedUpstream next = upstream();
		RawDnsClient client = client(ForwardingServer.SHORT, silent.address(), next.address());
		assertAnswered(client.ask(NAME, Type.A));
		assertThat(silent.queries()).hasSize(1);
		assertThat(next.queries()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR, Rcode.NOTAUTH })
	void queriesNextAfterServerFailure(int rcode) throws Exception {
		ScriptedUpstream unable = upstream().alwaysWith(rcode);
		RawDnsClient client = client(ForwardingServer.LONG, unable.address(), upstream().address());
		assertAnswered(client.ask(NAME, Type.A));
	}

	@Test
	void queriesNextAfterInvalidResponse() throws Exception {
		ScriptedUpstream nonsense = upstream().silent().sendingFirst((query) -> {
			byte[] wire = query.toWire();
			wire[2] |= (byte) 0x80;
			wire[7] = 9;
			return List.of(wire);
		});
		RawDnsClient client = client(ForwardingServer.LONG, nonsense.address(), upstream().address());
		assertAnswered(client.ask(NAME, Type.A));
	}

	@Test
	void queriesNextWhenUnreachable() throws Exception {
		ScriptedUpstream gone = upstream();
		gone.close();
		RawDnsClient client = client(ForwardingServer.LONG, gone.address(), upstream().address());
		assertAnswered(client.ask(NAME, Type.A));
	}

	@Test
	void queriesNextWithoutTcp() throws Exception {
		ScriptedUpstream cutting = upstream().always((query, answer) -> {
			answer.getHeader().setFlag(Flags.TC);
			return answer;
		});
		ScriptedUpstream next = upstream();
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, cutting.address(), next.address()));
		RawDnsClient tcp = opened(RawDnsClient.tcp(server.address()));
		cutting.refuseTcp();
		assertAnswered(tcp.ask(NAME, Type.A));
	}

	@Test
	void failsWhenAllUpstreamsFail() throws Exception {
		ScriptedUpstream one = upstream().alwaysWith(Rcode.SERVFAIL);
		ScriptedUpstream two = upstream().alwaysWith(Rcode.REFUSED);
		Message answer = client(ForwardingServer.LONG, one.address(), two.address()).ask(NAME, Type.A);
		assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
		assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
		assertThat(answer.getQuestion().getName()).hasToString(NAME);
	}

	@Test
	void failsWhenAllUpstreamsTimeOut() throws Exception {
		ScriptedUpstream silent = upstream().silent();
		Forwarder.Timeouts timeouts = new Forwarder.Timeouts(Duration.ofSeconds(20), Duration.ofMillis(200));
		Message answer = client(timeouts, silent.address()).ask(NAME, Type.A);
		assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
	}

	@Test
	void retriesLostDatagram() throws Exception {
		ScriptedUpstream forgetful = upstream();
		forgetful.on(NAME, Type.A, (answer) -> (forgetful.queries().size() < 3) ? null
				: ScriptedUpstream.add(answer, Section.ANSWER, NAME + " 60 A 192.0.2.1"));
		assertAnswered(client(ForwardingServer.SHORT, forgetful.address()).ask(NAME, Type.A));
		assertThat(forgetful.clients()).doesNotHaveDuplicates();
	}

	@Test
	void retriesWithoutEdnsWhenUnsupported() throws Exception {
		ScriptedUpstream old = upstream().always((query, answer) -> {
			if (query.getOPT() != null) {
				Message failure = new Message(query.getHeader().getID());
				failure.getHeader().setFlag(Flags.QR);
				return ScriptedUpstream.withRcode(failure, Rcode.FORMERR);
			}
			return ScriptedUpstream.add(answer, Section.ANSWER, NAME + " 60 A 192.0.2.1");
		});
		assertAnswered(client(ForwardingServer.LONG, old.address()).ask(NAME, Type.A));
		assertThat(old.queries()).hasSize(2);
	}

	@Test
	void ignoresForgedResponses() throws Exception {
		ScriptedUpstream upstream = upstream().sendingFirst((query) -> {
			Message wrongId = forged(query, NAME);
			wrongId.getHeader().setID(query.getHeader().getID() ^ 1);
			Message noResponse = forged(query, NAME);
			noResponse.getHeader().unsetFlag(Flags.QR);
			Message otherType = new Message(query.getHeader().getID());
			otherType.getHeader().setFlag(Flags.QR);
			otherType.addRecord(Record.newRecord(query.getQuestion().getName(), Type.AAAA, 1), Section.QUESTION);
			Message noQuestion = forged(query, NAME);
			noQuestion.removeAllRecords(Section.QUESTION);
			byte[] random = new byte[100];
			new Random(42).nextBytes(random);
			random[0] = (byte) ~(query.getHeader().getID() >> 8);
			return List.of(wrongId.toWire(), noResponse.toWire(), forged(query, "www.example.com.").toWire(),
					otherType.toWire(), noQuestion.toWire(), new byte[0], new byte[11], random);
		});
		assertAnswered(client(ForwardingServer.LONG, upstream.address()).ask(NAME, Type.A));
		assertThat(upstream.queries()).hasSize(1);
	}

	private static Message forged(Message query, String name) {
		Message forged = new Message(query.getHeader().getID());
		forged.getHeader().setFlag(Flags.QR);
		forged.addRecord(Record.newRecord(Name.fromConstantString(name), query.getQuestion().getType(),
				query.getQuestion().getDClass()), Section.QUESTION);
		return ScriptedUpstream.add(forged, Section.ANSWER, name + " 60 A 192.0.2.66");
	}

	@Test
	void forwardsRepeatedQueryOnce() throws Exception {
		ScriptedUpstream silent = upstream().silent();
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, silent.address()));
		RawDnsClient client = opened(RawDnsClient.udp(server.address()));
		Message query = RawDnsClient.query(NAME, Type.A);
		for (int i = 0; i < 5; i++) {
			client.send(query);
		}
		// Datagrams of one client arrive in order.
		Message other = RawDnsClient.query("other.example.org.", Type.A);
		client.send(other);
		await().untilAsserted(() -> assertThat(silent.queries()).contains("UDP A other.example.org."));
		assertThat(silent.queries()).hasSize(2);
		assertThat(server.statistics().udpQueries()).isEqualTo(4);
	}

	@Test
	void failsImmediatelyWithTooManyPendingQueries() throws Exception {
		ScriptedUpstream silent = upstream().silent();
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, silent.address()));
		RawDnsClient client = opened(RawDnsClient.udp(server.address()));
		for (int i = 1; i <= Forwarder.MAX_IN_PROGRESS; i++) {
			client.send(RawDnsClient.query("n" + i + ".example.org.", Type.A));
			if (i % BURST == 0) {
				int sent = i;
				await().untilAsserted(() -> assertThat(silent.queries()).hasSize(sent));
			}
		}
		Message answer = opened(RawDnsClient.udp(server.address())).ask(NAME, Type.A);
		assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
		assertThat(silent.queries()).hasSize(Forwarder.MAX_IN_PROGRESS);
	}

	@Test
	void answersConcurrentQueries() throws Exception {
		ScriptedUpstream upstream = upstream();
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, upstream.address()));
		int many = 40 * BURST;
		for (int i = 0; i < many; i++) {
			upstream.on("n" + i + ".example.org.", Type.A,
					"n" + i + ".example.org. 60 A 10.0." + i / 256 + "." + i % 256);
		}
		RawDnsClient client = opened(RawDnsClient.udp(server.address()));
		for (int i = 0; i < many; i += BURST) {
			for (int j = i; j < i + BURST; j++) {
				Message query = RawDnsClient.query("n" + j + ".example.org.", Type.A);
				query.getHeader().setID(j);
				client.send(query);
			}
			for (int j = i; j < i + BURST; j++) {
				Message answer = client.receiveMessage();
				int number = answer.getHeader().getID();
				assertThat(answer.getSection(Section.ANSWER).get(0).rdataToString())
					.isEqualTo("10.0." + number / 256 + "." + number % 256);
				assertThat(answer.getQuestion().getName()).hasToString("n" + number + ".example.org.");
			}
		}
		assertThat(upstream.queries()).hasSize(many);
	}

	@Test
	void slowQueryDoesNotBlockConnection() throws Exception {
		ScriptedUpstream upstream = upstream();
		upstream.on("slow.example.org.", Type.A, (answer) -> null);
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, upstream.address()));
		RawDnsClient tcp = opened(RawDnsClient.tcp(server.address()));
		tcp.send(RawDnsClient.query("slow.example.org.", Type.A));
		assertAnswered(tcp.ask(NAME, Type.A));
	}

	@Test
	void failsImmediatelyWithTooManyPendingQueriesOfConnection() throws Exception {
		ScriptedUpstream silent = upstream().silent();
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, silent.address()));
		RawDnsClient tcp = opened(RawDnsClient.tcp(server.address()));
		for (int i = 0; i < TcpTransport.MAX_FORWARDED; i++) {
			tcp.send(RawDnsClient.query("n" + i + ".example.org.", Type.A));
		}
		assertThat(tcp.ask(NAME, Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
	}

	@Test
	void resetConnectionReleasesPendingQueries() throws Exception {
		ScriptedUpstream silent = upstream().silent();
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, silent.address()));
		for (int i = 0; i < Forwarder.MAX_IN_PROGRESS / TcpTransport.MAX_FORWARDED + 2; i++) {
			int before = silent.queries().size();
			RawDnsClient tcp = RawDnsClient.tcp(server.address());
			for (int j = 0; j < TcpTransport.MAX_FORWARDED; j++) {
				tcp.send(RawDnsClient.query("n" + j + ".example.org.", Type.A));
			}
			// Some queries would fail if closed connections did not release their
			// queries.
			await().untilAsserted(() -> assertThat(silent.queries()).hasSize(before + TcpTransport.MAX_FORWARDED));
			tcp.reset();
		}
	}

	@Test
	void answersQueriesSentBeforeHalfClose() throws Exception {
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, upstream().address()));
		RawDnsClient tcp = opened(RawDnsClient.tcp(server.address()));
		for (int id = 0; id < 20; id++) {
			Message query = RawDnsClient.query(NAME, Type.A);
			query.getHeader().setID(id);
			tcp.send(query);
		}
		tcp.endQueries();
		for (int id = 0; id < 20; id++) {
			assertAnswered(tcp.receiveMessage());
		}
		assertThatExceptionOfType(EOFException.class).isThrownBy(tcp::receive);
	}

	@Test
	void queriesNextAfterReferral() throws Exception {
		ScriptedUpstream referring = upstream().always((query, answer) -> {
			ScriptedUpstream.add(answer, Section.AUTHORITY, "example.org. 60 NS ns.example.org.");
			return ScriptedUpstream.add(answer, Section.ADDITIONAL, "ns.example.org. 60 A 192.0.2.53");
		});
		assertAnswered(client(ForwardingServer.LONG, referring.address(), upstream().address()).ask(NAME, Type.A));
		assertThat(client(ForwardingServer.LONG, referring.address()).ask(NAME, Type.A).getRcode())
			.isEqualTo(Rcode.SERVFAIL);
	}

	@Test
	void closesAllSockets() throws Exception {
		ScriptedUpstream silent = upstream().silent();
		ForwardingServer server = opened(ForwardingServer.to(ForwardingServer.LONG, silent.address()));
		RawDnsClient udp = opened(RawDnsClient.udp(server.address()));
		RawDnsClient tcp = opened(RawDnsClient.tcp(server.address()));
		udp.send(RawDnsClient.query(NAME, Type.A));
		tcp.send(RawDnsClient.query(NAME, Type.A));
		await().until(() -> silent.queries().size() == 2);
		server.closeDns();
		await().untilAsserted(() -> assertThat(silent.clients()).allMatch(DnsForwardUpstreamTests::isFree));
	}

	private static boolean isFree(SocketAddress address) {
		try (DatagramSocket socket = new DatagramSocket(address)) {
			return socket.isBound();
		}
		catch (SocketException ex) {
			return false;
		}
	}

}
