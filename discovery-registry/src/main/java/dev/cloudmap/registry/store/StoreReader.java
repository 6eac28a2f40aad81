package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.h2.mvstore.MVStore;
import org.h2.mvstore.SingleFileStore;

/**
 * Reads a version of the file of a store.
 */
final class StoreReader implements AutoCloseable {

	/** The header of a chunk of MVStore. */
	private static final Pattern CHUNK = Pattern.compile("chunk:[0-9a-f]+,[^\\n]*\\bversion:([0-9a-f]{1,15})\\b.*",
			Pattern.DOTALL);

	private static final int BLOCK_SIZE = 4096;

	/** The file begins with two copies of its header. */
	private static final long FIRST_CHUNK = 2L * BLOCK_SIZE;

	private final Path file;

	private final SingleFileStore fileStore;

	private boolean opened;

	private StoreReader(Path file, Map<String, Object> settings) {
		this.file = file;
		this.fileStore = new SingleFileStore(settings);
	}

	/**
	 * Creates a reader of the newest version according to the header.
	 */
	static StoreReader ofNewest(Path file) {
		return new StoreReader(file, Map.of());
	}

	/**
	 * Creates a reader that searches the whole file for the newest version.
	 */
	static StoreReader searching(Path file) {
		return new StoreReader(file, Map.of("recoveryMode", 1));
	}

	/**
	 * Creates a reader of the version before the newest, which can be incomplete after a
	 * crash: MVStore checks only the beginning and the end of a chunk.
	 * @param file the file
	 * @param copy the path for a copy without the newest version
	 */
	static StoreReader beforeNewest(Path file, Path copy) throws IOException {
		Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
		try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			ByteBuffer beginning = ByteBuffer.allocate(BLOCK_SIZE);
			long newest = -1;
			long position = 0;
			for (long block = FIRST_CHUNK; block < channel.size(); block += BLOCK_SIZE) {
				channel.read(beginning.clear(), block);
				long version = version(beginning.array());
				if (version > newest) {
					newest = version;
					position = block;
				}
			}
			if (newest >= 0) {
				channel.write(ByteBuffer.allocate(BLOCK_SIZE), position);
			}
		}
		return searching(copy);
	}

	private static long version(byte[] block) {
		Matcher matcher = CHUNK.matcher(new String(block, StandardCharsets.ISO_8859_1));
		return matcher.matches() ? Long.parseLong(matcher.group(1), 16) : -1;
	}

	Path file() {
		return this.file;
	}

	MVStore open() {
		this.fileStore.open(this.file.toString(), true, null);
		this.opened = true;
		return new MVStore.Builder().adoptFileStore(this.fileStore).readOnly().autoCommitDisabled().open();
	}

	@Override
	public void close() {
		if (this.opened) {
			this.fileStore.close();
		}
	}

}
