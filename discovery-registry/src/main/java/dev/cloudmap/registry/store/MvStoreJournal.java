package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.state.Change;
import dev.cloudmap.registry.state.Instance;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.Namespace;
import dev.cloudmap.registry.state.Service;

/**
 * Keeps the registry in a file of H2's MVStore: one map for each kind of thing, from ids
 * to JSON. The times of renewals are not kept.
 */
public final class MvStoreJournal implements Journal {

	/** The name of the file in the data directory. */
	public static final String FILE_NAME = "registry.mv";

	private static final String FORMAT_KEY = "format";

	private static final String FORMAT = "discovery-registry 2";

	private static final String REVISION_KEY = "revision";

	private final JsonMapper mapper = JsonMapper.shared();

	private final OperationFormat operationFormat = new OperationFormat(this.mapper);

	private final Path file;

	private final MVStore store;

	private final MVMap<String, String> about;

	private final MVMap<String, String> namespaces;

	private final MVMap<String, String> services;

	private final MVMap<String, String> instances;

	private final MVMap<String, String> operations;

	private MvStoreJournal(Path file, MVStore store) {
		this.file = file;
		this.store = store;
		this.about = store.openMap("about");
		this.namespaces = store.openMap("namespaces");
		this.services = store.openMap("services");
		this.instances = store.openMap("instances");
		this.operations = store.openMap("operations");
	}

	/**
	 * Opens the store of a directory, and makes both when they are missing.
	 * @param directory the directory
	 * @return the store
	 * @throws StoreException when the file is damaged, is no registry's, or is in use; it
	 * is left as it is
	 */
	public static MvStoreJournal open(Path directory) {
		Path file = directory.resolve(FILE_NAME);
		try {
			Files.createDirectories(directory);
			checkWritable(directory, file);
			MVStore store = new MVStore.Builder().fileName(file.toString()).autoCommitDisabled().open();
			try {
				checkFormat(file, store);
				return new MvStoreJournal(file, store);
			}
			catch (RuntimeException ex) {
				store.closeImmediately();
				throw ex;
			}
		}
		catch (IOException ex) {
			// The message of most such exceptions is the path alone: the class says more.
			throw new StoreException("Cannot make the data directory '%s': %s.".formatted(directory, ex), ex);
		}
		catch (MVStoreException ex) {
			throw unopened(file, ex);
		}
	}

	/**
	 * H2 would open what cannot be written for reading only, and every change would fail.
	 */
	private static void checkWritable(Path directory, Path file) {
		Path written = Files.exists(file) ? file : directory;
		if (!Files.isWritable(written)) {
			throw new StoreException(("'%s' cannot be written by this process. Give it the right to, or choose "
					+ "another data directory.")
				.formatted(written));
		}
	}

	private static void checkFormat(Path file, MVStore store) {
		if (store.getMapNames().isEmpty()) {
			store.<String, String>openMap("about").put(FORMAT_KEY, FORMAT);
			return;
		}
		Object format = store.getMapNames().contains("about") ? store.openMap("about").get(FORMAT_KEY) : null;
		if (!FORMAT.equals(format)) {
			throw new StoreException(("The file '%s' was not written by this version of the registry: expected the "
					+ "format '%s', found '%s'. Choose another data directory, or move the file away.")
				.formatted(file, FORMAT, format));
		}
	}

	private static StoreException unopened(Path file, MVStoreException cause) {
		if (cause.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
			return new StoreException(
					"The file '%s' is in use by another registry. Stop that one, or choose another data directory."
						.formatted(file),
					cause);
		}
		return new StoreException(("The file '%s' is damaged or is no registry's (%s). It was left as it is: choose "
				+ "another data directory, or move the file away to begin anew.")
			.formatted(file, cause.getMessage()), cause);
	}

	@Override
	public Contents load() {
		String revision = this.about.getOrDefault(REVISION_KEY, "0");
		try {
			return new Contents(Long.parseLong(revision), read(this.namespaces.values(), Namespace.class),
					read(this.services.values(), Service.class), read(this.instances.values(), Instance.class),
					this.operations.values().stream().map(this.operationFormat::read).toList());
		}
		catch (MVStoreException | JacksonException | NumberFormatException ex) {
			throw new StoreException(
					("The file '%s' cannot be read: %s. It was left as it is: choose another data "
							+ "directory, or move the file away to begin anew.")
						.formatted(this.file, ex.getMessage()),
					ex);
		}
	}

	private <T> List<T> read(Collection<String> values, Class<T> type) {
		return values.stream().map((json) -> this.mapper.readValue(json, type)).toList();
	}

	@Override
	public void commit(Commit commit) {
		try {
			commit.changes().forEach(this::put);
			commit.operations()
				.forEach((entry) -> this.operations.put(entry.operation().id(), this.operationFormat.write(entry)));
			commit.forgottenOperations().forEach(this.operations::remove);
			this.about.put(REVISION_KEY, Long.toString(commit.revision()));
			this.store.commit();
			this.store.sync();
		}
		catch (RuntimeException ex) {
			// What was not acknowledged must not come to light with the next commit.
			if (!this.store.isClosed()) {
				this.store.rollback();
			}
			throw ex;
		}
	}

	private void put(Change change) {
		if (change instanceof Change.InstanceRegistered registered) {
			put(registered.instance());
		}
		else if (change instanceof Change.HealthChanged health) {
			put(health.instance());
		}
		else if (change instanceof Change.InstanceDeregistered deregistered) {
			this.instances.remove(key(deregistered.instance().key()));
		}
		else if (change instanceof Change.ServiceCreated created) {
			put(created.service());
		}
		else if (change instanceof Change.ServiceUpdated updated) {
			put(updated.service());
		}
		else if (change instanceof Change.ServiceDeleted deleted) {
			this.services.remove(deleted.service().id());
		}
		else if (change instanceof Change.NamespaceCreated created) {
			put(created.namespace());
		}
		else if (change instanceof Change.NamespaceUpdated updated) {
			put(updated.namespace());
		}
		else if (change instanceof Change.NamespaceDeleted deleted) {
			this.namespaces.remove(deleted.namespace().id());
		}
	}

	private void put(Namespace namespace) {
		this.namespaces.put(namespace.id(), this.mapper.writeValueAsString(namespace));
	}

	private void put(Service service) {
		this.services.put(service.id(), this.mapper.writeValueAsString(service));
	}

	private void put(Instance instance) {
		this.instances.put(key(instance.key()), this.mapper.writeValueAsString(instance));
	}

	private static String key(InstanceKey key) {
		return key.serviceId() + " " + key.instanceId();
	}

	@Override
	public void close() {
		if (!this.store.isClosed()) {
			// Without compaction, so that an application does not wait for it when it
			// stops.
			this.store.close(0);
		}
	}

}
