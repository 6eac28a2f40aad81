package dev.cloudmap.discovery.lookup.dns;

import java.util.Arrays;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * One change to a DNS message.
 *
 * @param kind the kind of change
 * @param part the changed part of the message
 * @param place the position in thousandths of the part
 * @param size the number of changed bytes
 * @param value the new value
 */
public record WireMutation(Kind kind, Part part, int place, int size, byte value) {

	private static final int COUNTS = 6;

	private static final int HEADER = 12;

	/**
	 * A few mutations; may be none.
	 */
	public static Arbitrary<List<WireMutation>> some() {
		return Combinators
			.combine(Arbitraries.of(Kind.class), Arbitraries.of(Part.class), Arbitraries.integers().between(0, 999),
					Arbitraries.oneOf(Arbitraries.integers().between(1, 2), Arbitraries.integers().between(1, 40)),
					// lengths, types, compression pointers and other special values
					Arbitraries.oneOf(Arbitraries.bytes(),
							Arbitraries.of((byte) 0, (byte) 1, (byte) 5, (byte) 6, (byte) 12, (byte) 28, (byte) 33,
									(byte) 41, (byte) 63, (byte) 64, (byte) 0x80, (byte) 0xC0, (byte) 0xFF)))
			.as(WireMutation::new)
			.list()
			.ofMaxSize(4);
	}

	/**
	 * Applies all changes to a message.
	 * @param message a message with one question
	 */
	public static byte[] apply(List<WireMutation> mutations, byte[] message) {
		byte[] mutated = message;
		for (WireMutation mutation : mutations) {
			mutated = mutation.apply(mutated);
		}
		return mutated;
	}

	private byte[] apply(byte[] message) {
		int first = Math.min(message.length, this.part.begin(message));
		int last = Math.min(message.length, this.part.end(message));
		int begin = first + (int) ((long) Math.max(0, last - first) * this.place / 1000);
		int end = Math.min(message.length, begin + this.size);
		byte[] head = Arrays.copyOf(message, begin);
		byte[] middle = Arrays.copyOfRange(message, begin, end);
		byte[] tail = Arrays.copyOfRange(message, end, message.length);
		byte[] filled = new byte[this.size];
		Arrays.fill(filled, this.value);
		return switch (this.kind) {
			case FLIPPED -> {
				byte[] flipped = message.clone();
				if (begin < flipped.length) {
					flipped[begin] ^= this.value;
				}
				yield flipped;
			}
			case CUT_OFF -> head;
			case LEFT_OUT -> join(head, tail);
			case REPEATED -> join(head, middle, middle, tail);
			case INSERTED -> join(head, filled, middle, tail);
			case REPLACED -> join(head, Arrays.copyOf(filled, middle.length), tail);
			case EXTENDED -> join(message, filled);
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

	public enum Kind {

		FLIPPED, CUT_OFF, LEFT_OUT, REPEATED, INSERTED, REPLACED, EXTENDED

	}

	public enum Part {

		ALL, COUNTS, RECORDS;

		public int begin(byte[] message) {
			return switch (this) {
				case ALL -> 0;
				case COUNTS -> WireMutation.COUNTS;
				case RECORDS -> endOfQuestion(message);
			};
		}

		public int end(byte[] message) {
			return (this == COUNTS) ? HEADER : message.length;
		}

		private static int endOfQuestion(byte[] message) {
			int position = HEADER;
			while (position < message.length && message[position] > 0) {
				position += 1 + message[position];
			}
			return position + 1 + 2 * Short.BYTES;
		}

	}

}
