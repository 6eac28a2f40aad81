package dev.cloudmap.registry.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.dns.response.QueryResponder;
import dev.cloudmap.registry.dns.response.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Misbehaving DNS clients, and pipelined TCP queries.
 */
class DnsRobustnessTests {

	private TestRegistry registry;

	@BeforeEach
	void start() {
		this.registry = TestRegistry.start();
		String service = this.registry.createDnsService(this.registry.createDnsNamespace("corp.local"), "worker",
				RoutingPolicy.MULTIVALUE, RecordType.A);
		this.registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private static Message query(String name, int type) throws Exception {
		return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
	}

	private void stillAnswers() throws Exception {
		SimpleResolver resolver = this.registry.resolver();
		assertThat(resolver.send(query("worker.corp.local.", Type.A)).getSection(Section.ANSWER)).hasSize(1);
		resolver.setTCP(true);
		assertThat(resolver.send(query("worker.corp.local.", Type.A)).getSection(Section.ANSWER)).hasSize(1);
	}

	@Test
	void survivesRandomPackets() throws Exception {
		Random random = new Random(42);
		byte[] valid = query("worker.corp.local.", Type.A).toWire();
		try (DatagramSocket socket = new DatagramSocket()) {
			for (int i = 0; i < 2000; i++) {
				byte[] packet = (i % 2 == 0) ? new byte[random.nextInt(600)] : valid.clone();
				if (i % 2 == 0) {
					random.nextBytes(packet);
				}
				else {
					packet[random.nextInt(packet.length)] = (byte) random.nextInt();
				}
				socket.send(new DatagramPacket(packet, packet.length, this.registry.server().dnsAddress()));
			}
		}
		stillAnswers();
	}

	@Test
	void survivesRandomStreams() throws Exception {
		Random random = new Random(42);
		InetSocketAddress address = this.registry.server().dnsAddress();
		for (int i = 0; i < 50; i++) {
			try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
				byte[] garbage = new byte[random.nextInt(2000)];
				random.nextBytes(garbage);
				socket.getOutputStream().write(garbage);
			}
		}
		stillAnswers();
	}

	@Test
	void answersMalformedPacketWithFormatError() throws Exception {
		byte[] packet = query("worker.corp.local.", Type.A).toWire();
		byte[] cut = Arrays.copyOf(packet, packet.length - 3);
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.setSoTimeout(5000);
			socket.send(new DatagramPacket(cut, cut.length, this.registry.server().dnsAddress()));
			DatagramPacket response = new DatagramPacket(new byte[512], 512);
			socket.receive(response);
			assertThat(response.getLength()).isEqualTo(12);
			assertThat(response.getData()[0]).isEqualTo(packet[0]);
			assertThat(response.getData()[3] & 0xF).isEqualTo(Rcode.FORMERR);
		}
	}

	@Test
	void answersInternalErrorWithServerFailure() throws Exception {
		Reply reply = new QueryResponder(null, QueryResponder.Recursion.NONE)
			.respond(query("worker.corp.local.", Type.A).toWire(), QueryResponder.Transport.UDP);
		assertThat(new Message(((Reply.Complete) reply).response()).getRcode()).isEqualTo(Rcode.SERVFAIL);
	}

	@Test
	void ignoresResponsesAndAnswersPipelinedQueries() throws Exception {
		InetSocketAddress address = this.registry.server().dnsAddress();
		Message response = query("worker.corp.local.", Type.A);
		response.getHeader().setFlag(Flags.QR);
		byte[] ignored = response.toWire();
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.setSoTimeout(5000);
			socket.send(new DatagramPacket(ignored, ignored.length, address));
			Message query = query("worker.corp.local.", Type.A);
			byte[] wire = query.toWire();
			socket.send(new DatagramPacket(wire, wire.length, address));
			DatagramPacket answer = new DatagramPacket(new byte[512], 512);
			socket.receive(answer);
			assertThat(new Message(answer.getData()).getHeader().getID()).isEqualTo(query.getHeader().getID());
		}
		try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
			socket.setSoTimeout(5000);
			DataOutputStream out = new DataOutputStream(socket.getOutputStream());
			for (int i = 0; i < 10; i++) {
				byte[] wire = query((i % 2 == 0) ? "worker.corp.local." : "none.corp.local.", Type.A).toWire();
				out.writeShort(wire.length);
				out.write(wire);
			}
			DataInputStream in = new DataInputStream(socket.getInputStream());
			for (int i = 0; i < 10; i++) {
				byte[] wire = in.readNBytes(in.readUnsignedShort());
				assertThat(new Message(wire).getRcode()).isEqualTo((i % 2 == 0) ? Rcode.NOERROR : Rcode.NXDOMAIN);
			}
		}
	}

	@Test
	void refusesTransfers() throws Exception {
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.setSoTimeout(5000);
			byte[] wire = query("corp.local.", Type.AXFR).toWire();
			socket.send(new DatagramPacket(wire, wire.length, this.registry.server().dnsAddress()));
			DatagramPacket answer = new DatagramPacket(new byte[512], 512);
			socket.receive(answer);
			assertThat(answer.getData()[3] & 0xF).isEqualTo(Rcode.REFUSED);
		}
	}

}
