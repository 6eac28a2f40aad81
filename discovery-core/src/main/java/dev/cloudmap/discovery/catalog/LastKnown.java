package dev.cloudmap.discovery.catalog;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;

/**
 * What was known of services that nobody called for a while, and that are watched no
 * more. It is only asked where a look-up has failed: a list is not lost because its
 * service was idle when the registry went away.
 */
final class LastKnown {

	/** How many services are remembered; who was idle for longest is forgotten first. */
	static final int MAX_SERVICES = 1000;

	/** Guarded by itself. */
	private final Map<ServiceName, CatalogEntry> entries = new LinkedHashMap<>();

	/**
	 * Returns the last list of a service, or null if there is none.
	 */
	@Nullable CatalogEntry recall(ServiceName service) {
		synchronized (this.entries) {
			return this.entries.get(service);
		}
	}

	void clear() {
		synchronized (this.entries) {
			this.entries.clear();
		}
	}

	/**
	 * Keeps what is known of a service. That it has no instances is not worth keeping.
	 */
	void keep(CatalogEntry entry) {
		ServiceName service = entry.set().service();
		synchronized (this.entries) {
			this.entries.remove(service);
			if (!entry.set().isEmpty()) {
				this.entries.put(service, CatalogEntry.of(entry.set(), entry.confirmed()));
			}
			if (this.entries.size() > MAX_SERVICES) {
				this.entries.remove(this.entries.keySet().iterator().next());
			}
		}
	}

}
