package dev.cloudmap.registry.dns.response;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.state.model.DomainNames;

/**
 * Parses common queries, of type A, AAAA or SRV with at most an OPT record without
 * options, without creating objects. Reused for many queries by one thread.
 */
public final class FastPathQuery {

	private static final int HEADER_SIZE = 12;

	private static final int FLAGS = 2;

	private static final int MORE_FLAGS = 3;

	private static final int COUNTS = 4;

	private static final int RECURSION_DESIRED = 0x01;

	/** AD and CD, which this server ignores. */
	private static final int IGNORED_FLAGS = 0x30;

	private static final int TYPE_AND_CLASS = 4;

	/** The size of an OPT record without options. */
	private static final int OPT_SIZE = 11;

	/** The position of the flags of an OPT record, from its end. */
	private static final int OPT_FLAGS_FROM_END = 4;

	private static final int PLAIN = -1;

	private final Question question = new Question(new byte[DomainNames.MAX_WIRE_NAME + Short.BYTES]);

	private byte[] packet = new byte[0];

	private int length;

	private int nameLength;

	private int payload;

	private boolean common;

	/**
	 * Parses a packet, which must not change while this object is used.
	 * @param newPacket the packet
	 * @param newLength the length of the packet
	 * @return whether it is a common query; if not, no other method can be called
	 */
	public boolean read(byte[] newPacket, int newLength) {
		this.packet = newPacket;
		this.length = newLength;
		this.common = readAll();
		return this.common;
	}

	private boolean readAll() {
		int additional = readHeader();
		if (additional < 0 || !readName()) {
			return false;
		}
		int end = HEADER_SIZE + this.nameLength + TYPE_AND_CLASS;
		if (end > this.length || !readType(end - TYPE_AND_CLASS)) {
			return false;
		}
		this.payload = PLAIN;
		return (additional == 0) ? end == this.length : readOpt(end);
	}

	/**
	 * Returns the number of additional records, or a negative number for other queries.
	 */
	private int readHeader() {
		if (this.length < HEADER_SIZE || (this.packet[FLAGS] & ~RECURSION_DESIRED) != 0
				|| (this.packet[MORE_FLAGS] & ~IGNORED_FLAGS) != 0) {
			return -1;
		}
		boolean oneQuestion = number(COUNTS) == 1 && number(COUNTS + 2) == 0 && number(COUNTS + 4) == 0;
		int additional = number(COUNTS + 6);
		return (oneQuestion && additional <= 1) ? additional : -1;
	}

	private boolean readName() {
		int position = HEADER_SIZE;
		while (position < this.length && this.packet[position] != 0) {
			int label = this.packet[position];
			if (label < 0 || label > DomainNames.MAX_LABEL) {
				return false;
			}
			position += 1 + label;
		}
		this.nameLength = position + 1 - HEADER_SIZE;
		return position < this.length && this.nameLength <= DomainNames.MAX_WIRE_NAME;
	}

	private boolean readType(int position) {
		int type = number(position);
		if (number(position + 2) != DClass.IN || (type != Type.A && type != Type.AAAA && type != Type.SRV)) {
			return false;
		}
		this.question.set(this.packet, HEADER_SIZE, this.nameLength, type);
		return true;
	}

	private boolean readOpt(int position) {
		// After the payload size: extended code and version, flags, no options.
		if (position + OPT_SIZE != this.length || this.packet[position] != 0 || number(position + 1) != Type.OPT
				|| number(position + 5) != 0 || number(position + 9) != 0) {
			return false;
		}
		this.payload = number(position + 3);
		return true;
	}

	private int number(int position) {
		return (this.packet[position] & 0xFF) << 8 | (this.packet[position + 1] & 0xFF);
	}

	/**
	 * Returns whether the last packet was a common query.
	 */
	boolean isCommon() {
		return this.common;
	}

	/**
	 * Returns the question. It changes with the next query.
	 */
	Question question() {
		return this.question;
	}

	Name name() {
		try {
			return new Name(Arrays.copyOf(this.question.bytes, this.nameLength));
		}
		catch (IOException ex) {
			throw new IllegalStateException("Invalid name", ex);
		}
	}

	int type() {
		return number(HEADER_SIZE + this.nameLength);
	}

	boolean hasEdns() {
		return this.payload != PLAIN;
	}

	/**
	 * Returns the maximum size of the response, in bytes.
	 */
	int limit(QueryResponder.Transport transport) {
		return hasEdns() ? transport.limit(this.payload) : transport.limit();
	}

	/**
	 * Changes a response to the same question into the response to this query.
	 * @param response the response
	 */
	public void adopt(ByteBuffer response) {
		response.put(0, this.packet[0]);
		response.put(1, this.packet[1]);
		int flags = response.get(FLAGS) & ~RECURSION_DESIRED;
		response.put(FLAGS, (byte) (flags | this.packet[FLAGS]));
		response.put(HEADER_SIZE, this.packet, HEADER_SIZE, this.nameLength);
		if (hasEdns()) {
			int ednsFlags = number(this.length - OPT_FLAGS_FROM_END) & ExtendedFlags.DO;
			response.putShort(response.limit() - OPT_FLAGS_FROM_END, (short) ednsFlags);
		}
	}

	/**
	 * A name in wire format and lower case, followed by a type.
	 */
	static final class Question {

		private final byte[] bytes;

		private int length;

		private int hash;

		private Question(byte[] bytes) {
			this.bytes = bytes;
		}

		private void set(byte[] packet, int from, int nameLength, int type) {
			int newHash = type;
			for (int i = 0; i < nameLength; i++) {
				byte letter = packet[from + i];
				// The length of a label is below A.
				if (letter >= 'A' && letter <= 'Z') {
					letter = (byte) (letter + ('a' - 'A'));
				}
				this.bytes[i] = letter;
				newHash = 31 * newHash + letter;
			}
			this.bytes[nameLength] = (byte) (type >> 8);
			this.bytes[nameLength + 1] = (byte) type;
			this.length = nameLength + Short.BYTES;
			this.hash = newHash;
		}

		/**
		 * Returns an immutable copy.
		 */
		Question copy() {
			Question copy = new Question(Arrays.copyOf(this.bytes, this.length));
			copy.length = this.length;
			copy.hash = this.hash;
			return copy;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Question that && this.hash == that.hash
					&& Arrays.equals(this.bytes, 0, this.length, that.bytes, 0, that.length);
		}

		@Override
		public int hashCode() {
			return this.hash;
		}

	}

}
