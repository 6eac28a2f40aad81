package dev.cloudmap.registry.dns.response;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rotation of the records of cached responses.
 */
class CachedResponseTests {

	private static final int MANY = 500;

	private static final String NAME = "worker.corp.local.";

	private static Message response(int type, String... answer) throws Exception {
		Message response = Message.newQuery(Record.newRecord(Name.fromString(NAME), type, DClass.IN));
		for (String data : answer) {
			response.addRecord(record(NAME, type, data), Section.ANSWER);
		}
		return response;
	}

	private static Record record(String owner, int type, String data) throws Exception {
		return Record.fromString(Name.fromString(owner), type, DClass.IN, 60, data, Name.root);
	}

	private static Set<List<Record>> orders(byte[] wire) throws Exception {
		Message made = new Message(wire);
		CachedResponse ready = CachedResponse.of(wire);
		Set<List<Record>> orders = new HashSet<>();
		for (int i = 0; i < MANY; i++) {
			ByteBuffer given = ByteBuffer.allocate(ready.length());
			ready.copyTo(given);
			assertThat(given.remaining()).isEqualTo(wire.length);
			Message message = new Message(given.array());
			assertThat(message.getSection(Section.ANSWER))
				.containsExactlyInAnyOrderElementsOf(made.getSection(Section.ANSWER));
			assertThat(message.getSection(Section.ADDITIONAL)).isEqualTo(made.getSection(Section.ADDITIONAL));
			assertThat(message.getQuestion()).isEqualTo(made.getQuestion());
			orders.add(message.getSection(Section.ANSWER));
		}
		return orders;
	}

	@Test
	void rotatesFirstRecord() throws Exception {
		byte[] wire = response(Type.A, "10.0.0.1", "10.0.0.2", "10.0.0.3").toWire();
		assertThat(orders(wire)).hasSize(3);
		assertThat(CachedResponse.of(wire).records()).isEqualTo(3);
	}

	@Test
	void rotatesRecordsOfDifferentLengthsBeforeAdditionalData() throws Exception {
		Message response = response(Type.SRV, "1 1 80 a.worker.corp.local.", "1 1 81 longer-name.worker.corp.local.",
				"1 1 82 c.worker.corp.local.");
		for (String target : List.of("a", "longer-name", "c")) {
			response.addRecord(record(target + "." + NAME, Type.A, "10.0.0.1"), Section.ADDITIONAL);
			response.addRecord(record(target + "." + NAME, Type.AAAA, "2001:db8::1"), Section.ADDITIONAL);
		}
		response.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
		byte[] wire = response.toWire(65_535);
		assertThat(orders(wire)).hasSize(3);
	}

	@Test
	void doesNotMoveAliases() throws Exception {
		Message response = response(Type.A, "10.0.0.1", "10.0.0.2");
		response.removeAllRecords(Section.ANSWER);
		response.addRecord(record(NAME, Type.CNAME, "other.corp.local."), Section.ANSWER);
		response.addRecord(record("other.corp.local.", Type.A, "10.0.0.1"), Section.ANSWER);
		response.addRecord(record("other.corp.local.", Type.A, "10.0.0.2"), Section.ANSWER);
		assertThat(orders(response.toWire())).hasSize(1);
	}

	@Test
	void doesNotMoveTargetsOfCompressionPointers() throws Exception {
		Message response = response(Type.SRV, "1 1 80 a.other.local.", "1 1 81 b.other.local.");
		byte[] wire = response.toWire();
		int target = wire.length - "\1b\5other\5local\0".length();
		byte[] pointing = new byte[wire.length + 16];
		System.arraycopy(wire, 0, pointing, 0, wire.length);
		pointing[11] = 1;
		ByteBuffer.wrap(pointing, wire.length, 16)
			.putShort((short) (0xC000 | target))
			.putShort((short) Type.A)
			.putShort((short) DClass.IN)
			.putInt(60)
			.putShort((short) 4)
			.putInt(0x0A000001);
		assertThat(new Message(pointing).getSection(Section.ADDITIONAL).get(0).getName()).hasToString("b.other.local.");
		assertThat(orders(pointing)).hasSize(1);
	}

	@Test
	void doesNotChangeSingleRecordResponses() throws Exception {
		assertThat(orders(response(Type.A).toWire())).hasSize(1);
		assertThat(orders(response(Type.A, "10.0.0.1").toWire())).hasSize(1);
		List<String> addresses = new ArrayList<>();
		for (int i = 0; i < 255; i++) {
			addresses.add("10.0.0." + i);
		}
		assertThat(orders(response(Type.A, addresses.toArray(String[]::new)).toWire())).hasSizeGreaterThan(100);
	}

}
