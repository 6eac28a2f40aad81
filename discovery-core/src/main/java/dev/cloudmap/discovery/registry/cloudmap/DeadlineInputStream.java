package dev.cloudmap.discovery.registry.cloudmap;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Fails when a stream takes too long as a whole. A server that sends a byte now and then
 * never exceeds the time-out of a single read. Not thread-safe.
 */
final class DeadlineInputStream extends FilterInputStream {

	private final Duration time;

	private final LongSupplier ticker;

	private final long begin;

	/**
	 * Creates the stream.
	 * @param in the stream to read
	 * @param time how long it may take, beside what a single read waits
	 * @param begin from when on, by the ticker
	 * @param ticker the time in nanoseconds, which never goes back
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
