package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * Copies the newest complete version of a file into a new file.
 */
final class StoreRewriter {

	private StoreRewriter() {
	}

	/**
	 * Copies a valid store.
	 * @return its revision
	 */
	static long renew(Path file, Path copy, long acknowledged) throws IOException {
		Path scratch = file.resolveSibling(CheckedStore.FILE_NAME + ".scratch");
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
			if (Checksum.of(old) != CheckedStore.keptSum(old)) {
				throw new DamagedException("its checksum is wrong");
			}
			long revision = CheckedStore.revision(old);
			if (revision < acknowledged) {
				throw new DamagedException(
						"its newest revision is %d, but there was %d".formatted(revision, acknowledged));
			}
			copy(old, source.file(), copy);
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
			// MVStore can fail with any exception when it reads a damaged file.
			throw new DamagedException(ex);
		}
	}

	private static void checkFormat(Path file, MVStore store) throws DamagedException {
		if (store.getMapNames().isEmpty()) {
			throw new DamagedException("there is nothing in it");
		}
		Object format = store.hasMap(CheckedStore.ABOUT)
				? store.openMap(CheckedStore.ABOUT).get(CheckedStore.FORMAT_KEY) : null;
		if (!CheckedStore.FORMAT.equals(format)) {
			throw new StoreException(("The file '%s' was not written by this version of the registry: expected the "
					+ "format '%s', found '%s'. Choose another data directory, or move the file away.")
				.formatted(file, CheckedStore.FORMAT, format));
		}
	}

	private static void copy(MVStore from, Path file, Path copy) {
		try (MVStore to = CheckedStore.openStore(copy)) {
			int copied = 0;
			for (String name : from.getMapNames()) {
				MVMap<String, String> source = from.openMap(name);
				MVMap<String, String> target = to.openMap(name);
				for (Map.Entry<String, String> entry : source.entrySet()) {
					target.put(entry.getKey(), entry.getValue());
					if (++copied % CheckedStore.WRITTEN_AT_ONCE == 0) {
						to.commit();
					}
				}
			}
			to.commit();
			to.sync();
		}
		catch (RuntimeException | Error ex) {
			// All of the old file was read before, so the failure is not one of reading
			// it.
			throw StoreException.unwritable(copy, file, ex);
		}
	}

	/**
	 * Opens a reader.
	 */
	@FunctionalInterface
	private interface Source {

		StoreReader get() throws IOException;

	}

	/**
	 * The content is damaged or incomplete.
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
