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
 * An MVStore that is opened only when all that was acknowledged is in it.
 * <p>
 * MVStore goes back to an older version when the newest is damaged, and takes damaged
 * content for good. So all entries are summed up and the sum is kept with them, and a
 * {@link RevisionMark} tells which revision there must be at least. A file that was found
 * right is not written to again, for what MVStore knows of its free space may be damaged
 * as well: its entries are copied into a new file, which takes its place.
 */
final class CheckedStore implements AutoCloseable {

	static final String FILE_NAME = "registry.mv";

	private static final Logger logger = LoggerFactory.getLogger(CheckedStore.class);

	static final String FORMAT_KEY = "format";

	static final String FORMAT = "discovery-registry 2";

	private static final String REVISION_KEY = "revision";

	static final String ABOUT = "about";

	/** Bounds the memory that what is not written yet takes, in entries. */
	static final int WRITTEN_AT_ONCE = 10_000;

	private final Path directory;

	private final Path file;

	private final MVStore store;

	private RevisionMark mark;

	private final MVMap<String, String> checksum;

	private final CheckedMap about;

	/** Identifies the file, wherever the system can. */
	private final @Nullable Object key;

	/** The checksum of all entries, kept or not yet. */
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
	 * Opens the store of a directory, and makes both when they are missing.
	 * @param directory the directory
	 * @return the store
	 * @throws IOException when the directory cannot be made, or files in it
	 * @throws StoreException when the file is damaged, is no registry's, is in use, or is
	 * missing beside its mark; all is left as it is
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
		// Every commit is flushed, so what is not needed any more can be written over at
		// once. Otherwise the file would grow by all that is written in 45 seconds.
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
	 * Makes sure that a file has its new name even when the machine stops.
	 */
	private static void sync(Path directory) {
		try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (IOException ex) {
			// Not every system can; there the new name comes with the next flush.
			logger.debug("Cannot flush the directory '{}'", directory, ex);
		}
	}

	Path file() {
		return this.file;
	}

	/**
	 * Returns a map, and makes it when it is missing.
	 * @param name its name
	 * @return the map
	 */
	CheckedMap map(String name) {
		boolean made = !this.store.hasMap(name);
		MVMap<String, String> map = this.store.openMap(name);
		if (made) {
			// Otherwise a rollback would go back to where the map was not there yet.
			this.store.commit();
		}
		return new CheckedMap(map, (change) -> this.sum += change);
	}

	/**
	 * Returns the revision that was kept last.
	 */
	long revision() {
		return revision(this.store);
	}

	/**
	 * Keeps what was changed in the maps; when this returns it survives the end of the
	 * process and of the machine.
	 * @param revision the revision after the changes
	 * @throws IOException when a file was deleted or replaced, and then nothing is
	 * written, or when the mark cannot be written
	 * @throws MVStoreException when the file cannot be written
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
	 * Writes what was changed in the maps, so that it takes no more memory. It is not
	 * complete before {@link #commit(long)}.
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
	 * Returns whether the file was neither deleted nor replaced. A file that was deleted
	 * can be written to as long as it is open.
	 */
	boolean isInPlace() throws IOException {
		return Files.exists(this.file) && Objects.equals(RevisionMark.key(this.file), this.key);
	}

	/**
	 * Opens the mark anew when it was deleted or its channel was closed, unless another
	 * registry has used the directory since.
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
	 * Gives up a file that could not be written, without writing to it.
	 */
	void abandon() {
		this.store.closeImmediately();
	}

	/**
	 * Puts a new file in the place of one that was given up. When that fails the old one
	 * is left as it is.
	 * @param revision the revision of the content
	 * @param content writes the content to the maps of the new file
	 * @return the new store, which replaces this one
	 * @throws IOException when that fails
	 * @throws RuntimeException when that fails
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
	 * Deletes an incomplete copy. A failure is of no consequence: the next copy replaces
	 * the file.
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
	 * Forgets what was changed since the last commit.
	 */
	void rollback() {
		if (!this.store.isClosed()) {
			this.store.rollback();
			this.sum = keptSum(this.store);
		}
	}

	@Override
	public void close() {
		// Without compaction, so that an application does not wait for it when it stops.
		this.store.close(0);
		try {
			this.mark.close();
		}
		catch (IOException ex) {
			logger.debug("Cannot close the mark beside '{}'", this.file, ex);
		}
	}

}
