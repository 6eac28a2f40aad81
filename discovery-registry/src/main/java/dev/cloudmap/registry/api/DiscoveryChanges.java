package dev.cloudmap.registry.api;

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
 * What changed of the answers that look-ups get, by namespace: a service came or went,
 * its DNS records or its health check became others, or one of its instances was
 * registered, registered again, deregistered or changed its health. Descriptions, and
 * whatever else look-ups don't tell, are no such changes.
 */
final class DiscoveryChanges implements ChangeListener {

	private final int capacity;

	private final Runnable whenChanged;

	private final Map<String, ChangeHistory> byNamespaceId = new HashMap<>();

	private final Map<String, ChangeHistory> byHttpName = new ConcurrentHashMap<>();

	private volatile long revision;

	private DiscoveryChanges(int capacity, Runnable whenChanged) {
		this.capacity = capacity;
		this.whenChanged = whenChanged;
	}

	/**
	 * Begins to keep a history of every namespace; of what was before nothing is known.
	 * @param view tells the changes when look-ups see them
	 * @param capacity how many services of a namespace are remembered
	 * @param whenChanged called on the writer thread after there was a change
	 */
	static DiscoveryChanges of(LookupView view, int capacity, Runnable whenChanged) {
		DiscoveryChanges changes = new DiscoveryChanges(capacity, whenChanged);
		changes.begin(view);
		return changes;
	}

	private synchronized void begin(LookupView view) {
		// In this order nothing is missed; what both tell is told apart by its revision.
		view.addListener(this);
		RegistrySnapshot snapshot = view.snapshot();
		this.revision = snapshot.revision();
		snapshot.namespaces().forEach((namespace) -> open(namespace, this.revision));
	}

	/**
	 * Finds the history of a namespace.
	 * @param httpName the name that look-ups take
	 */
	@Nullable ChangeHistory find(String httpName) {
		return this.byHttpName.get(httpName);
	}

	/**
	 * Returns the revision up to which all changes are in the histories.
	 */
	long revision() {
		return this.revision;
	}

	@Override
	public synchronized void changed(RegistrySnapshot snapshot, List<Change> changes) {
		Map<ChangeHistory, Map<String, Long>> changed = new LinkedHashMap<>();
		boolean ended = false;
		for (Change change : changes) {
			if (change.revision() <= this.revision) {
				continue;
			}
			if (change instanceof Change.NamespaceCreated created) {
				open(created.namespace(), created.revision());
			}
			else if (change instanceof Change.NamespaceDeleted deleted) {
				close(deleted);
				ended = true;
			}
			Service service = changedService(snapshot, change);
			ChangeHistory history = (service != null) ? this.byNamespaceId.get(service.namespaceId()) : null;
			if (service != null && history != null) {
				changed.computeIfAbsent(history, (key) -> new HashMap<>()).put(service.name(), change.revision());
			}
		}
		changed.forEach(ChangeHistory::record);
		this.revision = Math.max(this.revision, snapshot.revision());
		if (ended || !changed.isEmpty()) {
			this.whenChanged.run();
		}
	}

	/**
	 * A namespace's history begins with its own first revision: of a namespace that had
	 * the same name before it tells nothing.
	 */
	private void open(Namespace namespace, long begin) {
		ChangeHistory history = new ChangeHistory(begin, this.capacity);
		this.byNamespaceId.put(namespace.id(), history);
		this.byHttpName.put(namespace.httpName(), history);
	}

	private void close(Change.NamespaceDeleted deleted) {
		ChangeHistory history = this.byNamespaceId.remove(deleted.namespace().id());
		if (history != null) {
			this.byHttpName.remove(deleted.namespace().httpName(), history);
			history.end(deleted.revision());
		}
	}

	private static @Nullable Service changedService(RegistrySnapshot snapshot, Change change) {
		if (change instanceof Change.ServiceCreated created) {
			return created.service();
		}
		if (change instanceof Change.ServiceUpdated updated) {
			return isSeen(updated.before(), updated.service()) ? updated.service() : null;
		}
		if (change instanceof Change.ServiceDeleted deleted) {
			return deleted.service();
		}
		if (change instanceof Change.InstanceRegistered registered) {
			return serviceOf(snapshot, registered.instance());
		}
		if (change instanceof Change.InstanceDeregistered deregistered) {
			return serviceOf(snapshot, deregistered.instance());
		}
		if (change instanceof Change.HealthChanged health) {
			return serviceOf(snapshot, health.instance());
		}
		return null;
	}

	private static boolean isSeen(Service before, Service after) {
		return !Objects.equals(before.dns(), after.dns()) || !Objects.equals(before.healthCheck(), after.healthCheck())
				|| !Objects.equals(before.customHealth(), after.customHealth());
	}

	/**
	 * Returns null for a service that was deleted right after: then that is told.
	 */
	private static @Nullable Service serviceOf(RegistrySnapshot snapshot, Instance instance) {
		ServiceState state = snapshot.findService(instance.key().serviceId());
		return (state != null) ? state.service() : null;
	}

}
