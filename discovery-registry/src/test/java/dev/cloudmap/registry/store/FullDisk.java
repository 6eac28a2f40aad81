package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.function.Supplier;

import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.disk.FilePathDisk;
import org.jspecify.annotations.Nullable;

/**
 * A disk on which writes and flushes of H2 can fail. H2 reads the text before a colon in
 * a path as the name of a file system, so the name of the directory contains one.
 */
final class FullDisk extends FilePathDisk implements AutoCloseable {

	private final String scheme;

	private final FullDisk disk;

	/** The message of write failures, or null if writes succeed. */
	private volatile @Nullable String error;

	/** The message of flush failures, or null if flushes succeed. */
	private volatile @Nullable String flushError;

	/** An unchecked failure of writes, or null for none. */
	private volatile @Nullable Supplier<? extends Throwable> defect;

	private volatile Runnable afterFlush = () -> {
	};

	/** The number of bytes that can be written before writes fail. */
	private long room;

	private FullDisk(String scheme) {
		this.scheme = scheme;
		this.disk = this;
	}

	private FullDisk(FullDisk disk, String name) {
		this.scheme = disk.scheme;
		this.disk = disk;
		this.name = name;
	}

	static FullDisk in(Path parent) {
		FullDisk disk = new FullDisk(parent.resolve("full").toString());
		FilePath.register(disk);
		return disk;
	}

	Path directory() {
		return Path.of(this.scheme + ":disk");
	}

	/**
	 * Makes writes fail.
	 * @param message the message of the failures
	 * @param bytes the number of bytes that can be written before the failure
	 */
	synchronized void failAfter(long bytes, String message) {
		this.room = bytes;
		this.error = message;
	}

	/**
	 * Makes writes fail with an unchecked exception or an error.
	 * @param bytes the number of bytes that can be written before the failure
	 * @param failure creates an unchecked exception or an error
	 */
	synchronized void failAfter(long bytes, Supplier<? extends Throwable> failure) {
		failAfter(bytes, "defect");
		this.defect = failure;
	}

	/**
	 * Makes flushes fail, as with delayed allocation on a full disk. Writes succeed.
	 * @param message the message of the failures
	 */
	void failFlushes(String message) {
		this.flushError = message;
	}

	/**
	 * Runs an action after each flush.
	 * @param action the action
	 */
	void afterFlush(Runnable action) {
		this.afterFlush = action;
	}

	void mend() {
		this.error = null;
		this.defect = null;
		this.flushError = null;
		this.afterFlush = () -> {
		};
	}

	private void flushed() throws IOException {
		String message = this.flushError;
		if (message != null) {
			throw new IOException(message);
		}
		this.afterFlush.run();
	}

	private synchronized int writable(int bytes) throws IOException {
		if (this.error == null) {
			return bytes;
		}
		Supplier<? extends Throwable> failure = this.defect;
		if (this.room == 0 && failure != null) {
			FullDisk.<RuntimeException>rethrow(failure.get());
		}
		if (this.room == 0) {
			throw new IOException(this.error);
		}
		int written = (int) Math.min(bytes, this.room);
		this.room -= written;
		return written;
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <T extends Throwable> void rethrow(Throwable failure) throws T {
		throw (T) failure;
	}

	@Override
	public String getScheme() {
		return this.scheme;
	}

	@Override
	public FilePathDisk getPath(String path) {
		return new FullDisk(this.disk, path);
	}

	@Override
	public FileChannel open(String mode) throws IOException {
		return new Channel(super.open(mode), this.disk);
	}

	@Override
	public void close() {
		FilePath.unregister(this);
	}

	private static final class Channel extends FileBaseDefault {

		private final FileChannel file;

		private final FullDisk disk;

		private Channel(FileChannel file, FullDisk disk) {
			this.file = file;
			this.disk = disk;
		}

		@Override
		public synchronized int write(ByteBuffer source, long position) throws IOException {
			int count = this.disk.writable(source.remaining());
			ByteBuffer part = source.duplicate();
			part.limit(part.position() + count);
			int written = this.file.write(part, position);
			source.position(source.position() + written);
			return written;
		}

		@Override
		public synchronized int read(ByteBuffer target, long position) throws IOException {
			return this.file.read(target, position);
		}

		@Override
		public long size() throws IOException {
			return this.file.size();
		}

		@Override
		protected void implTruncate(long size) throws IOException {
			this.file.truncate(size);
		}

		@Override
		public void force(boolean metadata) throws IOException {
			this.file.force(metadata);
			this.disk.flushed();
		}

		@Override
		public FileLock tryLock(long position, long size, boolean shared) throws IOException {
			return this.file.tryLock(position, size, shared);
		}

		@Override
		protected void implCloseChannel() throws IOException {
			this.file.close();
		}

	}

}
