package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * A file with the latest acknowledged revision, by which the loss of changes in the store
 * is detected. Locked while the registry runs.
 * <p>
 * It is written after the store and not flushed: after a crash of the system it can
 * contain an earlier revision, but never a later one.
 */
final class RevisionMark implements AutoCloseable {

	static final String FILE_NAME = "registry.mark";

	/** Written alternately, so that one of them is always complete. */
	private static final int SLOTS = 2;

	/** Disks write a block of this size atomically. */
	private static final int SLOT_SIZE = 512;

	private static final Pattern SLOT = Pattern.compile("revision ([0-9a-f]{16}) check ([0-9a-f]{8})\n");

	private static final int SLOT_LENGTH = "revision 0123456789abcdef check 01234567\n".length();

	private final Path file;

	private final FileChannel channel;

	private int next;

	/** Identifies the file if the system supports it. */
	private final @Nullable Object key;

	private RevisionMark(Path file, FileChannel channel) throws IOException {
		this.file = file;
		this.channel = channel;
		this.key = key(file);
	}

	/**
	 * Opens the mark of a directory. Creates it if it is missing.
	 * @param directory the directory
	 * @return the mark
	 * @throws IOException if it cannot be opened
	 * @throws StoreException if it is in use
	 */
	static RevisionMark open(Path directory) throws IOException {
		Path file = directory.resolve(FILE_NAME);
		FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE);
		try {
			if (channel.tryLock() != null) {
				return new RevisionMark(file, channel);
			}
		}
		catch (OverlappingFileLockException ex) {
			// In use by another registry of this process.
		}
		channel.close();
		throw StoreException.inUse(directory.resolve(CheckedStore.FILE_NAME), null);
	}

	/**
	 * Returns whether the file was neither deleted nor replaced nor closed by an
	 * interrupt.
	 */
	boolean isInPlace() throws IOException {
		return this.channel.isOpen() && Files.exists(this.file) && Objects.equals(key(this.file), this.key);
	}

	static @Nullable Object key(Path file) throws IOException {
		return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
	}

	Path file() {
		return this.file;
	}

	/**
	 * Reads the latest acknowledged revision, or an earlier one.
	 * @return the revision; 0 if there is none
	 * @throws StoreException if the file is damaged
	 */
	long read() throws IOException {
		if (this.channel.size() == 0) {
			return 0;
		}
		long revision = Math.max(read(0), read(1));
		if (revision < 0) {
			throw new StoreException(("The file '%s' is damaged. It says what '%s' must contain at least: move it away "
					+ "to take what that contains as it is, or choose another data directory.")
				.formatted(this.file, CheckedStore.FILE_NAME));
		}
		return revision;
	}

	private long read(int slot) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(SLOT_LENGTH);
		this.channel.read(buffer, (long) slot * SLOT_SIZE);
		String text = new String(buffer.array(), StandardCharsets.ISO_8859_1);
		Matcher matcher = SLOT.matcher(text);
		if (!matcher.matches()) {
			return -1;
		}
		long revision = Long.parseUnsignedLong(matcher.group(1), 16);
		return text(revision).equals(text) ? revision : -1;
	}

	/**
	 * Sets and flushes the revision.
	 */
	void reset(long revision) throws IOException {
		for (int i = 0; i < SLOTS; i++) {
			write(revision);
		}
		this.channel.force(true);
	}

	void write(long revision) throws IOException {
		this.channel.write(ByteBuffer.wrap(text(revision).getBytes(StandardCharsets.ISO_8859_1)),
				(long) this.next * SLOT_SIZE);
		this.next = (this.next + 1) % SLOTS;
	}

	private static String text(long revision) {
		String digits = "%016x".formatted(revision);
		CRC32C check = new CRC32C();
		check.update(digits.getBytes(StandardCharsets.ISO_8859_1));
		return "revision %s check %08x\n".formatted(digits, check.getValue());
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
