package dev.cloudmap.discovery.catalog.entry;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;

/**
 * The last lists of services that are no longer refreshed because they were idle. They
 * are used only when a lookup has failed, so that a list is not lost if the service was
 * idle when the registry became unavailable. Thread-safe.
 */
public final class LastKnown {

	/** The maximum number of lists; the oldest is removed first. */
	static final int MAX_SERVICES = 1000;

	/** Guarded by itself. */
	private final Map<ServiceName, CatalogEntry> entries = new LinkedHashMap<>();

	/**
	 * Returns the last list of a service, or null if there is none.
	 */
	public @Nullable CatalogEntry restore(ServiceName service) {
		synchronized (this.entries) {
			return this.entries.get(service);
		}
	}

	/**
	 * Removes all entries.
	 */
	public void clear() {
		synchronized (this.entries) {
			this.entries.clear();
		}
	}

	/**
	 * Stores the list of a service, or removes it if the list is empty.
	 */
	public void store(CatalogEntry entry) {
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
