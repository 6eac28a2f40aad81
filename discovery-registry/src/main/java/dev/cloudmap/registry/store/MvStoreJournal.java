package dev.cloudmap.registry.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

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
	public static final String FILE_NAME = CheckedStore.FILE_NAME;

	private final JsonMapper mapper = JsonMapper.shared();

	private final OperationFormat operationFormat = new OperationFormat(this.mapper);

	private final CheckedStore store;

	private final CheckedMap namespaces;

	private final CheckedMap services;

	private final CheckedMap instances;

	private final CheckedMap operations;

	private MvStoreJournal(CheckedStore store) {
		this.store = store;
		this.namespaces = store.map("namespaces");
		this.services = store.map("services");
		this.instances = store.map("instances");
		this.operations = store.map("operations");
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
			return of(CheckedStore.open(directory));
		}
		catch (IOException ex) {
			throw new StoreException("Cannot use the data directory '%s': %s.".formatted(directory, reason(ex)), ex);
		}
	}

	private static MvStoreJournal of(CheckedStore store) {
		try {
			return new MvStoreJournal(store);
		}
		catch (MVStoreException ex) {
			store.close();
			throw StoreException.unwritable(store.file(), ex);
		}
	}

	/**
	 * The message of most such exceptions is the path alone.
	 */
	private static String reason(IOException failure) {
		if (failure instanceof FileAlreadyExistsException) {
			return "there is a file of that name";
		}
		if (failure instanceof AccessDeniedException denied) {
			return "this process may not write '%s'".formatted(denied.getFile());
		}
		if (failure instanceof NoSuchFileException missing) {
			return "'%s' cannot be made".formatted(missing.getFile());
		}
		return failure.toString();
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

	@Override
	public Contents load() {
		try {
			return new Contents(this.store.revision(), read(this.namespaces.values(), Namespace.class),
					read(this.services.values(), Service.class), read(this.instances.values(), Instance.class),
					this.operations.values().stream().map(this.operationFormat::read).toList());
		}
		catch (MVStoreException | JacksonException ex) {
			throw StoreException.damaged(this.store.file(), String.valueOf(ex.getMessage()), ex);
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
		}
		catch (RuntimeException | Error ex) {
			// What was not acknowledged must not come to light with the next commit.
			this.store.rollback();
			throw ex;
		}
		this.store.commit(commit.revision());
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
		this.store.close();
	}

}
