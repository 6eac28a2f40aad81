package dev.cloudmap.discovery.lookup.dns.query;

import java.io.IOException;
import java.net.InetSocketAddress;
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
 * One query to one server over a separate connection. Messages that are not its answer
 * are ignored: they may be late, misdirected or forged, and the answer may still follow.
 */
public abstract class DnsExchange {

	private final CompletableFuture<Message> answer = new CompletableFuture<>();

	private final Message query;

	/**
	 * Creates an exchange.
	 * @param query the query to send
	 */
	public DnsExchange(Message query) {
		this.query = query;
	}

	/**
	 * The non-blocking channel.
	 */
	abstract SelectableChannel channel();

	/**
	 * Starts the exchange without blocking.
	 */
	abstract void start(InetSocketAddress server) throws IOException;

	/**
	 * The initial {@link SelectionKey#interestOps()}.
	 */
	abstract int initialInterest();

	/**
	 * Continues the exchange without blocking.
	 * @param key the key of the channel
	 * @param buffer a buffer for one datagram, valid during the call
	 */
	abstract void proceed(SelectionKey key, ByteBuffer buffer) throws IOException;

	final CompletableFuture<Message> answer() {
		return this.answer;
	}

	/**
	 * Completes the exchange if a message is its answer.
	 */
	final void receive(byte[] wire) {
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
	 * An error response need not repeat the question.
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
