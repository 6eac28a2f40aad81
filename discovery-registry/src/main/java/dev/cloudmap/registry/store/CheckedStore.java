package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.Consumer;

import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MVStore that opens only with all acknowledged changes.
 * <p>
 * MVStore uses an older version when the newest is damaged, and does not detect damaged
 * content. So the store contains a checksum of all entries, and a {@link RevisionMark}
 * contains the minimum revision. On start the entries of a valid file are copied into a
 * new file, because the free space map of the old one can be damaged.
 */
final class CheckedStore implements AutoCloseable {

	static final String FILE_NAME = "registry.mv";

	private static final Logger logger = LoggerFactory.getLogger(CheckedStore.class);

	static final String FORMAT_KEY = "format";

	static final String FORMAT = "discovery-registry 2";

	private static final String REVISION_KEY = "revision";

	static final String ABOUT = "about";

	/** The maximum number of entries that are not written. */
	static final int WRITTEN_AT_ONCE = 10_000;

	private final Path directory;

	private final Path file;

	private final MVStore store;

	private RevisionMark mark;

	private final MVMap<String, String> checksum;

	private final CheckedMap about;

	/** Identifies the file if the system supports it. */
	private final @Nullable Object key;

	/** The checksum of all entries, including those not committed. */
	private long sum;

	private CheckedStore(Path directory, Path file, MVStore store, RevisionMark mark) throws IOException {
		this.directory = directory;
		this.file = file;
		this.store = store;
		this.mark = mark;
		this.checksum = store.openMap(Checksum.MAP);
		this.sum = keptSum(store);
		this.about = map(ABOUT);
		this.key = RevisionMark.key(file);
	}

	/**
	 * Opens the store of a directory. Creates missing files.
	 * @param directory the directory
	 * @return the store
	 * @throws IOException if a file cannot be created
	 * @throws StoreException if the file is damaged, has another format, is in use, or is
	 * missing although there is a mark; nothing is changed
	 */
	static CheckedStore open(Path directory) throws IOException {
		RevisionMark mark = RevisionMark.open(directory);
		try {
			Path file = directory.resolve(FILE_NAME);
			Path copy = directory.resolve(FILE_NAME + ".new");
			Files.deleteIfExists(copy);
			if (Files.exists(file)) {
				mark.reset(StoreRewriter.renew(file, copy, mark.read()));
			}
			else {
				refuseLoss(file, mark);
				mark.reset(0);
				create(file, copy);
			}
			Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
			sync(directory);
			return new CheckedStore(directory, file, openStore(file), mark);
		}
		catch (IOException | RuntimeException ex) {
			mark.close();
			deleteQuietly(directory.resolve(FILE_NAME + ".new"));
			throw ex;
		}
	}

	static MVStore openStore(Path file) {
		MVStore store = new MVStore.Builder().fileName(file.toString()).autoCommitDisabled().open();
		// Every commit is flushed, so old data can be overwritten at once. Otherwise the
		// file would grow by all writes of 45 seconds.
		store.setRetentionTime(0);
		return store;
	}

	private static void refuseLoss(Path file, RevisionMark mark) throws IOException {
		long acknowledged = mark.read();
		if (acknowledged > 0) {
			throw StoreException.missing(file, mark.file(), acknowledged);
		}
	}

	private static void create(Path file, Path copy) {
		try (MVStore store = openStore(copy)) {
			store.<String, String>openMap(ABOUT).put(FORMAT_KEY, FORMAT);
			store.<String, String>openMap(Checksum.MAP).put(Checksum.KEY, Long.toHexString(Checksum.of(store)));
			store.commit();
			store.sync();
		}
		catch (MVStoreException ex) {
			throw StoreException.unwritable(copy, file, ex);
		}
	}

	static long keptSum(MVStore store) {
		return Long.parseUnsignedLong(store.<String, String>openMap(Checksum.MAP).getOrDefault(Checksum.KEY, "0"), 16);
	}

	static long revision(MVStore store) {
		return Long.parseLong(store.<String, String>openMap(ABOUT).getOrDefault(REVISION_KEY, "0"));
	}

	/**
	 * Flushes a directory, so that the new name of a file survives a crash.
	 */
	private static void sync(Path directory) {
		try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (IOException ex) {
			// Not supported by all systems.
			logger.debug("Cannot flush the directory '{}'", directory, ex);
		}
	}

	Path file() {
		return this.file;
	}

	/**
	 * Returns a map. Creates it if it is missing.
	 * @param name its name
	 * @return the map
	 */
	CheckedMap map(String name) {
		boolean made = !this.store.hasMap(name);
		MVMap<String, String> map = this.store.openMap(name);
		if (made) {
			// Otherwise a rollback would remove the map.
			this.store.commit();
		}
		return new CheckedMap(map, (change) -> this.sum += change);
	}

	long revision() {
		return revision(this.store);
	}

	/**
	 * Commits the changes of the maps. They survive a crash when this method returns.
	 * @param revision the revision after the changes
	 * @throws IOException if a file was deleted or replaced, or the mark cannot be
	 * written
	 * @throws MVStoreException if the file cannot be written
	 */
	void commit(long revision) throws IOException {
		if (!isInPlace() || !this.mark.isInPlace()) {
			throw new IOException("the data directory or a file in it was deleted or replaced while the registry runs; "
					+ "the directory must exist, the files are written anew");
		}
		write(revision);
		this.mark.write(revision);
	}

	/**
	 * Writes the changes of the maps to free memory, before {@link #commit(long)}.
	 */
	void flush() {
		this.store.commit();
	}

	private void write(long revision) {
		this.about.put(REVISION_KEY, Long.toString(revision));
		this.checksum.put(Checksum.KEY, Long.toHexString(this.sum));
		this.store.commit();
		this.store.sync();
	}

	/**
	 * Returns whether the file was neither deleted nor replaced. An open file can be
	 * written after it was deleted.
	 */
	boolean isInPlace() throws IOException {
		return Files.exists(this.file) && Objects.equals(RevisionMark.key(this.file), this.key);
	}

	/**
	 * Reopens the mark if it was deleted or closed, unless another registry has used the
	 * directory since.
	 */
	private void reopenMark() throws IOException {
		if (this.mark.isInPlace()) {
			return;
		}
		if (Files.exists(this.file) && !isInPlace()) {
			throw new IOException(
					"the data directory was replaced by that of another registry; a restart uses that one");
		}
		RevisionMark opened = RevisionMark.open(this.directory);
		this.mark.close();
		this.mark = opened;
	}

	/**
	 * Closes the file without writing to it.
	 */
	void abandon() {
		this.store.closeImmediately();
	}

	/**
	 * Replaces an abandoned file by a new one. If that fails, the old file is unchanged.
	 * @param revision the revision of the content
	 * @param content writes the content to the maps of the new file
	 * @return the new store
	 * @throws IOException if that fails
	 */
	CheckedStore replace(long revision, Consumer<CheckedStore> content) throws IOException {
		reopenMark();
		Path copy = this.file.resolveSibling(FILE_NAME + ".new");
		try {
			Files.deleteIfExists(copy);
			create(this.file, copy);
			CheckedStore fresh = new CheckedStore(this.directory, copy, openStore(copy), this.mark);
			try {
				content.accept(fresh);
				fresh.write(revision);
				fresh.store.close(0);
			}
			finally {
				fresh.abandon();
			}
			Files.move(copy, this.file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException | RuntimeException | Error ex) {
			deleteQuietly(copy);
			throw ex;
		}
		sync(this.directory);
		this.mark.reset(revision);
		return new CheckedStore(this.directory, this.file, openStore(this.file), this.mark);
	}

	/**
	 * Deletes an incomplete copy. A failure has no effect: the next copy replaces the
	 * file.
	 */
	private static void deleteQuietly(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			logger.debug("Cannot delete '{}'", file, ex);
		}
	}

	/**
	 * Discards the changes since the last commit.
	 */
	void rollback() {
		if (!this.store.isClosed()) {
			this.store.rollback();
			this.sum = keptSum(this.store);
		}
	}

	@Override
	public void close() {
		// Without compaction, which would delay the stop of an application.
		this.store.close(0);
		try {
			this.mark.close();
		}
		catch (IOException ex) {
			logger.debug("Cannot close the mark beside '{}'", this.file, ex);
		}
	}

}
