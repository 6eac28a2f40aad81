package dev.cloudmap.discovery.lookup.dns;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A message that is not the answer of a query and would redirect callers.
 */
public record Forgery(String name, Function<Message, byte[]> datagram) {

	public static Stream<Forgery> all() {
		return Stream.of(answering("wrong id", (answer) -> answer.getHeader().setID(answer.getHeader().getID() ^ 1)),
				answering("wrong name", (answer) -> question(answer, "other.corp.", Type.A)),
				answering("wrong type", (answer) -> question(answer, "worker.corp.", Type.AAAA)),
				answering("no question", (answer) -> answer.removeAllRecords(Section.QUESTION)),
				answering("two questions",
						(answer) -> answer.addRecord(record("other.corp.", Type.A), Section.QUESTION)),
				answering("no response", (answer) -> answer.getHeader().unsetFlag(Flags.QR)),
				answering("wrong opcode", (answer) -> answer.getHeader().setOpcode(Opcode.NOTIFY)),
				garbled("cut off", (wire) -> Arrays.copyOf(wire, wire.length - 1)),
				garbled("header only", (wire) -> Arrays.copyOf(wire, 12)),
				garbled("id only", (wire) -> Arrays.copyOf(wire, 2)), garbled("empty", (wire) -> new byte[0]),
				garbled("garbage", (wire) -> {
					Arrays.fill(wire, 2, wire.length, (byte) 0xff);
					return wire;
				}));
	}

	public byte[] of(Message query) {
		return this.datagram.apply(query);
	}

	private static Forgery answering(String name, Consumer<Message> forge) {
		return new Forgery(name, (query) -> {
			Message answer = answer(query);
			forge.accept(answer);
			return answer.toWire();
		});
	}

	private static Forgery garbled(String name, UnaryOperator<byte[]> garble) {
		return new Forgery(name, (query) -> garble.apply(answer(query).toWire()));
	}

	private static Message answer(Message query) {
		Message answer = new Message(query.getHeader().getID());
		answer.getHeader().setFlag(Flags.QR);
		answer.addRecord(query.getQuestion(), Section.QUESTION);
		return ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. A 192.0.2.66");
	}

	private static void question(Message answer, String name, int type) {
		answer.removeAllRecords(Section.QUESTION);
		answer.addRecord(record(name, type), Section.QUESTION);
	}

	private static Record record(String name, int type) {
		return Record.newRecord(Name.fromConstantString(name), type, DClass.IN);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
