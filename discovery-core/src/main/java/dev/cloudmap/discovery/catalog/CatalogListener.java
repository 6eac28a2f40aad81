package dev.cloudmap.discovery.catalog;

import java.util.concurrent.Executor;

import dev.cloudmap.discovery.InstanceSet;

/**
 * Receives changes of the instances of a service. When a list exceeds
 * {@code max-staleness} it is dropped, which is a change to no instances.
 *
 * @see ImmediateCatalogListener
 */
@FunctionalInterface
public interface CatalogListener {

	/**
	 * Runs after the catalog was updated, on the thread of the application's listeners
	 * ({@code discovery-listeners}). A listener may block and look services up. Changes
	 * of a service that occur meanwhile are merged into one.
	 * @param set the current instances
	 */
	void onChange(InstanceSet set);

	/**
	 * Wraps a listener so that it does not delay lookups.
	 * @param executor runs the listener, unless it is an {@link ImmediateCatalogListener}
	 */
	static CatalogListener withoutDelayingLookups(CatalogListener listener, Executor executor) {
		return (listener instanceof ImmediateCatalogListener) ? listener
				: new QueuedCatalogListener(listener, executor);
	}

}
