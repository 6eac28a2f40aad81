package dev.cloudmap.registry.dns.response;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

import org.xbill.DNS.Type;

/**
 * An encoded response. Each copy rotates the records of the answer.
 */
public final class CachedResponse {

	private static final int[] FIXED = {};

	private static final int ANSWERS = 6;

	private static final int HEADER_SIZE = 12;

	private static final int TYPE_AND_CLASS = 4;

	/** The size of type, class, TTL and data length of a record. */
	private static final int TYPE_TO_LENGTH = 10;

	/**
	 * A pointer to the name of the question, which each record of an answer begins with.
	 */
	private static final int POINTER_TO_QUESTION = 0xC00C;

	private static final int POINTER_OFFSET = 0x3FFF;

	/** The size of priority, weight and port. */
	private static final int SRV_NUMBERS = 6;

	private final byte[] message;

	/** The start of each record of the answer, and the end of the last one. */
	private final int[] bounds;

	private CachedResponse(byte[] message, int[] bounds) {
		this.message = message;
		this.bounds = bounds;
	}

	/**
	 * Creates a cached response.
	 * @param message the response to a query with one question
	 */
	static CachedResponse of(byte[] message) {
		ByteBuffer bytes = ByteBuffer.wrap(message);
		int[] bounds = bounds(bytes);
		boolean canMove = bounds.length > 2 && isFreeOfPointersInto(bytes, bounds);
		return new CachedResponse(message, canMove ? bounds : FIXED);
	}

	/**
	 * Returns the bounds of the records, or none if a record cannot be moved.
	 */
	private static int[] bounds(ByteBuffer bytes) {
		int[] bounds = new int[Short.toUnsignedInt(bytes.getShort(ANSWERS)) + 1];
		bounds[0] = endOfName(bytes, HEADER_SIZE) + TYPE_AND_CLASS;
		for (int i = 1; i < bounds.length; i++) {
			int record = bounds[i - 1];
			if (Short.toUnsignedInt(bytes.getShort(record)) != POINTER_TO_QUESTION || !isMovable(bytes, record)) {
				return FIXED;
			}
			bounds[i] = endOfRecord(bytes, record);
		}
		return bounds;
	}

	/**
	 * Returns whether a record does not depend on its position.
	 */
	private static boolean isMovable(ByteBuffer bytes, int record) {
		return switch (bytes.getShort(record + Short.BYTES)) {
			case Type.A, Type.AAAA -> true;
			// RFC 2782 forbids to compress the target.
			case Type.SRV -> pointer(bytes, record + Short.BYTES + TYPE_TO_LENGTH + SRV_NUMBERS) < 0;
			default -> false;
		};
	}

	/**
	 * Returns whether no record after the answer has a pointer into the answer.
	 */
	private static boolean isFreeOfPointersInto(ByteBuffer bytes, int[] bounds) {
		int end = bounds[bounds.length - 1];
		for (int record = end; record < bytes.limit(); record = endOfRecord(bytes, record)) {
			int pointer = pointer(bytes, record);
			if (pointer >= bounds[0] && pointer < end) {
				return false;
			}
		}
		return true;
	}

	private static int endOfRecord(ByteBuffer bytes, int record) {
		int data = endOfName(bytes, record) + TYPE_TO_LENGTH;
		return data + Short.toUnsignedInt(bytes.getShort(data - Short.BYTES));
	}

	private static int endOfName(ByteBuffer bytes, int name) {
		int end = endOfLabels(bytes, name);
		return end + ((bytes.get(end) == 0) ? 1 : Short.BYTES);
	}

	/**
	 * Returns the target of the pointer at the end of a name, or a negative number.
	 */
	private static int pointer(ByteBuffer bytes, int name) {
		int end = endOfLabels(bytes, name);
		return (bytes.get(end) == 0) ? -1 : bytes.getShort(end) & POINTER_OFFSET;
	}

	private static int endOfLabels(ByteBuffer bytes, int name) {
		int position = name;
		while (bytes.get(position) > 0) {
			position += 1 + bytes.get(position);
		}
		return position;
	}

	/**
	 * Returns the length in bytes.
	 * @return the length
	 */
	public int length() {
		return this.message.length;
	}

	/**
	 * Returns the number of records that are rotated.
	 */
	int records() {
		return Math.max(0, this.bounds.length - 1);
	}

	/**
	 * Writes the response to a buffer, from index 0.
	 * @param target the buffer
	 */
	public void copyTo(ByteBuffer target) {
		target.clear();
		int records = records();
		if (records == 0) {
			target.put(this.message).flip();
			return;
		}
		int begin = this.bounds[0];
		int first = this.bounds[ThreadLocalRandom.current().nextInt(records)];
		int end = this.bounds[records];
		target.put(this.message, 0, begin)
			.put(this.message, first, end - first)
			.put(this.message, begin, first - begin)
			.put(this.message, end, this.message.length - end)
			.flip();
	}

}
