package dev.cloudmap.registry.api.watch;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * The changes of lookup results, by namespace: a service was created or deleted, its DNS
 * records or health check were updated, or one of its instances was registered (also
 * again), deregistered or changed its health. Changes that no lookup shows, such as
 * descriptions, are not recorded.
 */
final class ChangeLog implements ChangeListener {

	private final int capacity;

	private final Map<String, NamespaceChanges> byNamespaceId = new HashMap<>();

	private final Map<String, NamespaceChanges> byHttpName = new ConcurrentHashMap<>();

	private volatile long revision;

	private ChangeLog(int capacity) {
		this.capacity = capacity;
	}

	/**
	 * Starts to record the changes of every namespace; earlier ones are not known.
	 * @param view reports changes when lookups show them
	 * @param capacity how many services of a namespace are remembered
	 */
	static ChangeLog of(LookupView view, int capacity) {
		ChangeLog log = new ChangeLog(capacity);
		synchronized (log) {
			// In this order no change is missed; duplicates are recognized by their
			// revision.
			view.addListener(log);
			RegistrySnapshot snapshot = view.snapshot();
			log.revision = snapshot.revision();
			snapshot.namespaces().forEach((namespace) -> log.open(namespace, log.revision));
		}
		return log;
	}

	/**
	 * Finds the changes of a namespace.
	 * @param httpName the name that DiscoverInstances takes
	 */
	@Nullable NamespaceChanges find(String httpName) {
		return this.byHttpName.get(httpName);
	}

	/**
	 * Returns the revision up to which all changes are recorded.
	 */
	long revision() {
		return this.revision;
	}

	@Override
	public synchronized void changed(RegistrySnapshot snapshot, List<Change> changes) {
		Map<NamespaceChanges, Map<String, Long>> changed = new LinkedHashMap<>();
		for (Change change : changes) {
			if (change.revision() <= this.revision) {
				continue;
			}
			if (change instanceof Change.NamespaceCreated created) {
				open(created.namespace(), created.revision());
			}
			else if (change instanceof Change.NamespaceDeleted deleted) {
				NamespaceChanges ended = close(deleted);
				if (ended != null) {
					changed.put(ended, Map.of());
				}
			}
			Service service = changedService(snapshot, change);
			NamespaceChanges namespace = (service != null) ? this.byNamespaceId.get(service.namespaceId()) : null;
			if (service != null && namespace != null) {
				changed.computeIfAbsent(namespace, (key) -> new HashMap<>()).put(service.name(), change.revision());
			}
		}
		changed.forEach(NamespaceChanges::record);
		this.revision = Math.max(this.revision, snapshot.revision());
		changed.keySet().forEach(NamespaceChanges::wake);
	}

	/**
	 * The history begins with the namespace's own first revision, so that it contains
	 * nothing of an earlier namespace with the same name.
	 */
	private void open(Namespace namespace, long begin) {
		NamespaceChanges changes = new NamespaceChanges(begin, this.capacity);
		this.byNamespaceId.put(namespace.id(), changes);
		this.byHttpName.put(namespace.httpName(), changes);
	}

	private @Nullable NamespaceChanges close(Change.NamespaceDeleted deleted) {
		NamespaceChanges changes = this.byNamespaceId.remove(deleted.namespace().id());
		if (changes != null) {
			this.byHttpName.remove(deleted.namespace().httpName(), changes);
			changes.delete(deleted.revision());
		}
		return changes;
	}

	private static @Nullable Service changedService(RegistrySnapshot snapshot, Change change) {
		if (change instanceof Change.OfInstance ofInstance) {
			return serviceOf(snapshot, ofInstance.instance());
		}
		if (change instanceof Change.ServiceUpdated updated && !isVisible(updated.before(), updated.service())) {
			return null;
		}
		return (change instanceof Change.OfService ofService) ? ofService.service() : null;
	}

	private static boolean isVisible(Service before, Service after) {
		return !Objects.equals(before.dns(), after.dns()) || !Objects.equals(before.healthCheck(), after.healthCheck())
				|| !Objects.equals(before.customHealth(), after.customHealth());
	}

	/**
	 * Returns null for a service that was deleted in the same batch: the deletion is
	 * recorded.
	 */
	private static @Nullable Service serviceOf(RegistrySnapshot snapshot, Instance instance) {
		ServiceState state = snapshot.findService(instance.key().serviceId());
		return (state != null) ? state.service() : null;
	}

}
