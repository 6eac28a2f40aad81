package dev.cloudmap.fuzz;

import java.util.Arrays;

/**
 * A reader for the bytes of a fuzzer's input. After the end it returns zeros, so that
 * every input is valid.
 */
public final class Input {

	private final byte[] bytes;

	private int position;

	public Input(byte[] bytes) {
		this.bytes = bytes;
	}

	public boolean hasMore() {
		return this.position < this.bytes.length;
	}

	/**
	 * Reads an unsigned byte.
	 */
	public int next() {
		return hasMore() ? this.bytes[this.position++] & 0xFF : 0;
	}

	/**
	 * Reads an unsigned number of two bytes in big-endian order.
	 */
	public int nextShort() {
		return next() << Byte.SIZE | next();
	}

	/**
	 * Reads a number of bytes, or fewer at the end of the input.
	 */
	public byte[] next(int count) {
		int end = Math.min(this.bytes.length, this.position + count);
		byte[] read = Arrays.copyOfRange(this.bytes, this.position, end);
		this.position = end;
		return read;
	}

	/**
	 * Reads all remaining bytes.
	 */
	public byte[] rest() {
		return next(this.bytes.length);
	}

}
