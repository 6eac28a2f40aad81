package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The content of an answer, with a maximum length and a deadline for all of it. A server
 * that sends single bytes slowly never exceeds the timeout of a single read. Not
 * thread-safe.
 */
final class LimitedInputStream extends InputStream {

	private final InputStream in;

	private final long limit;

	private final Duration time;

	private final long begin;

	private final LongSupplier ticker;

	private long read;

	/**
	 * Creates the stream.
	 * @param in the stream to read
	 * @param limit the maximum number of bytes
	 * @param time the time limit; the last read may exceed it by its own timeout
	 * @param begin the start of the time limit, in nanoseconds of the ticker
	 * @param ticker supplies the monotonic time in nanoseconds
	 */
	LimitedInputStream(InputStream in, long limit, Duration time, long begin, LongSupplier ticker) {
		this.in = in;
		this.limit = limit;
		this.time = time;
		this.begin = begin;
		this.ticker = ticker;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) > 0) ? Byte.toUnsignedInt(one[0]) : -1;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (this.ticker.getAsLong() - this.begin > this.time.toNanos()) {
			throw new SocketTimeoutException(
					"The answer did not arrive as a whole within " + this.time.toMillis() + " ms");
		}
		int count = this.in.read(bytes, offset, length);
		this.read += Math.max(count, 0);
		if (this.read > this.limit) {
			throw new AnswerTooLargeException(this.limit);
		}
		return count;
	}

	@Override
	public void close() throws IOException {
		this.in.close();
	}

}
