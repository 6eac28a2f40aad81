package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.Path;

import org.h2.mvstore.MVStoreException;
import tools.jackson.core.JacksonException;

import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.model.Instance;

/**
 * Stores the registry in a file of H2's MVStore. The times of renewals are not stored.
 */
public final class MvStoreJournal implements Journal {

	/** The name of the file in the data directory. */
	public static final String FILE_NAME = CheckedStore.FILE_NAME;

	private CheckedStore store;

	private StoreMaps maps;

	private MvStoreJournal(CheckedStore store) {
		this.store = store;
		this.maps = new StoreMaps(store);
	}

	/**
	 * Opens the journal in a directory. Creates both if they are missing.
	 * @param directory the directory
	 * @return the journal
	 * @throws StoreException if the file is damaged, has another format or is in use; it
	 * is not changed
	 */
	public static MvStoreJournal open(Path directory) {
		Path file = directory.resolve(FILE_NAME);
		try {
			Files.createDirectories(directory);
			checkWritable(directory, file);
			return of(CheckedStore.open(directory));
		}
		catch (IOException ex) {
			throw StoreException.unusable(directory, ex);
		}
	}

	private static MvStoreJournal of(CheckedStore store) {
		try {
			return new MvStoreJournal(store);
		}
		catch (MVStoreException ex) {
			store.close();
			throw StoreException.unwritable(store.file(), store.file(), ex);
		}
	}

	/**
	 * Checks write access: H2 would open the file read-only, and every change would fail.
	 */
	private static void checkWritable(Path directory, Path file) {
		Path written = Files.exists(file) ? file : directory;
		try {
			written.getFileSystem().provider().checkAccess(written, AccessMode.WRITE);
		}
		catch (IOException ex) {
			throw StoreException.readOnly(written, ex);
		}
	}

	@Override
	public Contents load() {
		try {
			return this.maps.read(this.store.revision());
		}
		catch (MVStoreException | JacksonException ex) {
			throw StoreException.damaged(this.store.file(), String.valueOf(ex.getMessage()), ex);
		}
	}

	@Override
	public void commit(Commit commit) {
		try {
			commit.changes().forEach(this.maps::put);
			commit.operations().forEach(this.maps::put);
			commit.evictedOperations().forEach(this.maps::removeOperation);
		}
		catch (MVStoreException ex) {
			this.store.abandon();
			throw failure(ex);
		}
		catch (RuntimeException | Error ex) {
			// The next commit would write these changes, which are not acknowledged.
			this.store.rollback();
			throw ex;
		}
		try {
			this.store.commit(commit.revision());
		}
		catch (IOException | RuntimeException | Error ex) {
			// The content of the file is unknown: no further change can be acknowledged.
			this.store.abandon();
			throw failure(ex);
		}
	}

	@Override
	public void restore(Contents contents) {
		try {
			CheckedStore restored = this.store.replace(contents.revision(), (fresh) -> {
				StoreMaps target = new StoreMaps(fresh);
				contents.namespaces().forEach(target::put);
				contents.services().forEach(target::put);
				int written = 0;
				for (Instance instance : contents.instances()) {
					target.put(instance);
					if (++written % CheckedStore.WRITTEN_AT_ONCE == 0) {
						fresh.flush();
					}
				}
				contents.operations().forEach(target::put);
			});
			this.maps = new StoreMaps(restored);
			this.store = restored;
		}
		catch (IOException | RuntimeException | Error ex) {
			throw failure(ex);
		}
	}

	private JournalException failure(Throwable cause) {
		String reason = FailureReason.of(cause);
		StoreException detail = StoreException.unkept(this.store.file(), cause);
		return isInPlace() ? new JournalException(reason, detail) : JournalException.inMemoryOnly(reason, detail);
	}

	private boolean isInPlace() {
		try {
			return this.store.isInPlace();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		this.store.close();
	}

}
