package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * An input stream that fails with an {@link AnswerTooLargeException} after a maximum
 * number of bytes. Not thread-safe.
 */
public final class LimitedInputStream extends FilterInputStream {

	private final long limit;

	private long left;

	/**
	 * Creates the stream.
	 * @param in the stream to read
	 * @param limit the maximum number of bytes
	 */
	public LimitedInputStream(InputStream in, long limit) {
		super(in);
		this.limit = limit;
		this.left = limit;
	}

	@Override
	public int read() throws IOException {
		int next = super.read();
		if (next >= 0) {
			count(1);
		}
		return next;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		int read = super.read(bytes, offset, length);
		if (read > 0) {
			count(read);
		}
		return read;
	}

	@Override
	public long skip(long count) throws IOException {
		long skipped = super.skip(count);
		count(skipped);
		return skipped;
	}

	@Override
	public boolean markSupported() {
		return false;
	}

	private void count(long read) {
		this.left -= read;
		if (this.left < 0) {
			throw new AnswerTooLargeException(this.limit);
		}
	}

}
