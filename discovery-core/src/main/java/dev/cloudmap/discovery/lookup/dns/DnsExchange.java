package dev.cloudmap.discovery.lookup.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * One query on its way to one server, over a connection of its own. Whatever arrives that
 * is not its answer is passed over: it may be late, astray or forged, and the true answer
 * may still follow.
 */
abstract class DnsExchange {

	private final CompletableFuture<Message> answer = new CompletableFuture<>();

	private final Message query;

	DnsExchange(Message query) {
		this.query = query;
	}

	/**
	 * The connection, not blocking.
	 */
	abstract SelectableChannel channel();

	/**
	 * What to wait for first, as in {@link SelectionKey#interestOps()}.
	 */
	abstract int interest();

	/**
	 * Goes on as far as it can without waiting.
	 * @param key of the connection
	 * @param scratch room for a datagram, for the length of the call
	 */
	abstract void proceed(SelectionKey key, ByteBuffer scratch) throws IOException;

	final CompletableFuture<Message> answer() {
		return this.answer;
	}

	/**
	 * Takes what has arrived if it is the answer.
	 */
	final void arrived(byte[] wire) {
		Message message = parse(wire);
		if (message != null && isAnswer(message)) {
			this.answer.complete(message);
		}
	}

	private static @Nullable Message parse(byte[] wire) {
		try {
			return new Message(wire);
		}
		catch (IOException | RuntimeException ex) {
			return null;
		}
	}

	private boolean isAnswer(Message message) {
		return message.getHeader().getID() == this.query.getHeader().getID() && message.getHeader().getFlag(Flags.QR)
				&& message.getHeader().getOpcode() == Opcode.QUERY && answersTheQuestion(message);
	}

	/**
	 * A server that could not read the question or will not answer it need not repeat it.
	 */
	private boolean answersTheQuestion(Message message) {
		Record asked = this.query.getQuestion();
		Record answered = message.getQuestion();
		if (answered == null) {
			return message.getRcode() != Rcode.NOERROR && message.getRcode() != Rcode.NXDOMAIN;
		}
		return message.getSection(Section.QUESTION).size() == 1 && answered.getName().equals(asked.getName())
				&& answered.getType() == asked.getType() && answered.getDClass() == DClass.IN;
	}

}
