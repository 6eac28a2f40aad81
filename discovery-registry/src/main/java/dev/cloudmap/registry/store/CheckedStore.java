package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MVStore that is opened only when all that was acknowledged is in it.
 * <p>
 * MVStore goes back to an older version when the newest is damaged, and takes damaged
 * content for good. So all entries are summed up and the sum is kept with them, and a
 * {@link Mark} tells which revision there must be at least. A file that was found right
 * is not written to again, for what MVStore knows of its free space may be damaged as
 * well: its entries are copied into a new file, which takes its place.
 */
final class CheckedStore implements AutoCloseable {

	static final String FILE_NAME = "registry.mv";

	private static final Logger logger = LoggerFactory.getLogger(CheckedStore.class);

	private static final String FORMAT_KEY = "format";

	private static final String FORMAT = "discovery-registry 2";

	private static final String REVISION_KEY = "revision";

	private static final String ABOUT = "about";

	/** Bounds the memory that copying takes. */
	private static final int COPIED_AT_ONCE = 10_000;

	private final Path file;

	private final MVStore store;

	private final Mark mark;

	private final MVMap<String, String> checksum;

	private final CheckedMap about;

	/** The checksum of all entries, kept or not yet. */
	private long sum;

	private CheckedStore(Path file, MVStore store, Mark mark) {
		this.file = file;
		this.store = store;
		this.mark = mark;
		this.checksum = store.openMap(Checksum.MAP);
		this.sum = keptSum(store);
		this.about = map(ABOUT);
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
		Mark mark = Mark.open(directory);
		try {
			Path file = directory.resolve(FILE_NAME);
			Path copy = directory.resolve(FILE_NAME + ".new");
			Files.deleteIfExists(copy);
			if (Files.exists(file)) {
				mark.reset(renew(file, copy, mark.read()));
			}
			else {
				refuseLoss(file, mark);
				mark.reset(0);
				create(copy);
			}
			Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
			sync(directory);
			return new CheckedStore(file, openStore(file), mark);
		}
		catch (IOException | RuntimeException ex) {
			mark.close();
			throw ex;
		}
	}

	private static MVStore openStore(Path file) {
		MVStore store = new MVStore.Builder().fileName(file.toString()).autoCommitDisabled().open();
		// Every commit is flushed, so what is not needed any more can be written over at
		// once. Otherwise the file would grow by all that is written in 45 seconds.
		store.setRetentionTime(0);
		return store;
	}

	private static void refuseLoss(Path file, Mark mark) throws IOException {
		long acknowledged = mark.read();
		if (acknowledged > 0) {
			throw StoreException.missing(file, mark.file(), acknowledged);
		}
	}

	private static void create(Path file) {
		try (MVStore store = openStore(file)) {
			store.<String, String>openMap(ABOUT).put(FORMAT_KEY, FORMAT);
			store.<String, String>openMap(Checksum.MAP).put(Checksum.KEY, Long.toHexString(Checksum.of(store)));
			store.commit();
			store.sync();
		}
		catch (MVStoreException ex) {
			throw StoreException.unwritable(file, ex);
		}
	}

	/**
	 * Copies a store that is all right.
	 * @return its revision
	 */
	private static long renew(Path file, Path copy, long acknowledged) throws IOException {
		Path scratch = file.resolveSibling(FILE_NAME + ".scratch");
		List<Source> sources = List.of(() -> StoreReader.ofNewest(file), () -> StoreReader.searching(file),
				() -> StoreReader.beforeNewest(file, scratch));
		DamagedException damage = null;
		try {
			for (Source source : sources) {
				try {
					return renew(source.get(), copy, acknowledged);
				}
				catch (DamagedException ex) {
					damage = (damage != null) ? damage : ex;
				}
			}
		}
		finally {
			Files.deleteIfExists(scratch);
		}
		throw StoreException.damaged(file, (damage != null) ? damage.reason() : "", damage);
	}

	private static long renew(StoreReader source, Path copy, long acknowledged) throws DamagedException {
		try (StoreReader reader = source) {
			MVStore old = reader.open();
			checkFormat(reader.file(), old);
			if (Checksum.of(old) != keptSum(old)) {
				throw new DamagedException("its checksum is wrong");
			}
			long revision = revision(old);
			if (revision < acknowledged) {
				throw new DamagedException(
						"its newest revision is %d, but there was %d".formatted(revision, acknowledged));
			}
			copy(old, copy);
			return revision;
		}
		catch (MVStoreException ex) {
			if (ex.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
				throw StoreException.inUse(source.file(), ex);
			}
			throw new DamagedException(ex);
		}
		catch (StoreException ex) {
			throw ex;
		}
		catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError ex) {
			// There is no end to what a damaged file leads MVStore into.
			throw new DamagedException(ex);
		}
	}

	private static void checkFormat(Path file, MVStore store) throws DamagedException {
		if (store.getMapNames().isEmpty()) {
			throw new DamagedException("there is nothing in it");
		}
		Object format = store.hasMap(ABOUT) ? store.openMap(ABOUT).get(FORMAT_KEY) : null;
		if (!FORMAT.equals(format)) {
			throw new StoreException(("The file '%s' was not written by this version of the registry: expected the "
					+ "format '%s', found '%s'. Choose another data directory, or move the file away.")
				.formatted(file, FORMAT, format));
		}
	}

	private static long keptSum(MVStore store) {
		return Long.parseUnsignedLong(store.<String, String>openMap(Checksum.MAP).getOrDefault(Checksum.KEY, "0"), 16);
	}

	private static long revision(MVStore store) {
		return Long.parseLong(store.<String, String>openMap(ABOUT).getOrDefault(REVISION_KEY, "0"));
	}

	private static void copy(MVStore from, Path file) {
		try (MVStore to = openStore(file)) {
			int copied = 0;
			for (String name : from.getMapNames()) {
				MVMap<String, String> source = from.openMap(name);
				MVMap<String, String> target = to.openMap(name);
				for (Map.Entry<String, String> entry : source.entrySet()) {
					target.put(entry.getKey(), entry.getValue());
					if (++copied % COPIED_AT_ONCE == 0) {
						to.commit();
					}
				}
			}
			to.commit();
			to.sync();
		}
		catch (MVStoreException ex) {
			// All of the old file was read before, so it is the new one that fails.
			throw StoreException.unwritable(file, ex);
		}
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
	 */
	void commit(long revision) {
		try {
			this.about.put(REVISION_KEY, Long.toString(revision));
			this.checksum.put(Checksum.KEY, Long.toHexString(this.sum));
			this.store.commit();
			this.store.sync();
		}
		catch (RuntimeException | Error ex) {
			// Nobody knows what is in the file now. Nothing may be acknowledged on top of
			// it until it was read again.
			this.store.closeImmediately();
			throw ex;
		}
		try {
			this.mark.write(revision);
		}
		catch (IOException ex) {
			logger.warn("Cannot write the mark beside '{}'. Should the file be damaged, it may not be noticed.",
					this.file, ex);
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

	/**
	 * Gives a reader.
	 */
	@FunctionalInterface
	private interface Source {

		StoreReader get() throws IOException;

	}

	/**
	 * What was read is not all that was written.
	 */
	private static final class DamagedException extends Exception {

		private static final long serialVersionUID = 1L;

		private DamagedException(String message) {
			super(message);
		}

		private DamagedException(Throwable cause) {
			super((cause instanceof MVStoreException) ? cause.getMessage() : cause.toString(), cause);
		}

		private String reason() {
			return String.valueOf(getMessage());
		}

	}

}
