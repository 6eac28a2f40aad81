package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * An input stream with a deadline for the complete content. A server that sends single
 * bytes slowly never exceeds the timeout of a single read. Not thread-safe.
 */
final class DeadlineInputStream extends FilterInputStream {

	private final Duration time;

	private final LongSupplier ticker;

	private final long begin;

	/**
	 * Creates the stream.
	 * @param in the stream to read
	 * @param time the time limit; the last read may exceed it by its own timeout
	 * @param begin the start of the time limit, in nanoseconds of the ticker
	 * @param ticker supplies the monotonic time in nanoseconds
	 */
	DeadlineInputStream(InputStream in, Duration time, long begin, LongSupplier ticker) {
		super(in);
		this.time = time;
		this.ticker = ticker;
		this.begin = begin;
	}

	@Override
	public int read() throws IOException {
		check();
		return super.read();
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		check();
		return super.read(bytes, offset, length);
	}

	@Override
	public long skip(long count) throws IOException {
		check();
		return super.skip(count);
	}

	private void check() throws IOException {
		if (this.ticker.getAsLong() - this.begin > this.time.toNanos()) {
			throw new SocketTimeoutException(
					"The answer did not arrive as a whole within " + this.time.toMillis() + " ms");
		}
	}

}
