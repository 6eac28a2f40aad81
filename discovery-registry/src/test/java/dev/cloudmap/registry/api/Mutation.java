package dev.cloudmap.registry.api;

import java.util.Arrays;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * One change to a message.
 *
 * @param kind the kind of change
 * @param place the position in thousandths of the message
 * @param size the number of affected bytes
 * @param value the byte to write
 */
record Mutation(Kind kind, int place, int size, byte value) {

	/**
	 * A few mutations.
	 */
	static Arbitrary<List<Mutation>> some() {
		return Combinators
			.combine(Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 999),
					Arbitraries.integers().between(1, 40),
					Arbitraries.oneOf(Arbitraries.bytes(),
							Arbitraries.of((byte) 0, (byte) '"', (byte) '{', (byte) '\r', (byte) '\n', (byte) ' ',
									(byte) ':', (byte) 0xC3, (byte) 0xFF)))
			.as(Mutation::new)
			.list()
			.ofMinSize(1)
			.ofMaxSize(4);
	}

	byte[] apply(byte[] message) {
		int begin = (int) ((long) message.length * this.place / 1000);
		int end = Math.min(message.length, begin + this.size);
		byte[] head = Arrays.copyOf(message, begin);
		byte[] part = Arrays.copyOfRange(message, begin, end);
		byte[] tail = Arrays.copyOfRange(message, end, message.length);
		byte[] filled = new byte[this.size];
		Arrays.fill(filled, this.value);
		return switch (this.kind) {
			case CUT_OFF -> head;
			case LEFT_OUT -> join(head, tail);
			case REPEATED -> join(head, part, part, tail);
			case INSERTED -> join(head, filled, part, tail);
			case REPLACED -> join(head, Arrays.copyOf(filled, part.length), tail);
		};
	}

	private static byte[] join(byte[]... parts) {
		byte[] joined = new byte[Arrays.stream(parts).mapToInt((part) -> part.length).sum()];
		int position = 0;
		for (byte[] part : parts) {
			System.arraycopy(part, 0, joined, position, part.length);
			position += part.length;
		}
		return joined;
	}

	enum Kind {

		CUT_OFF, LEFT_OUT, REPEATED, INSERTED, REPLACED

	}

}
