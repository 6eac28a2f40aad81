package dev.cloudmap.discovery.catalog;

import java.util.concurrent.Executor;

import dev.cloudmap.discovery.InstanceSet;

/**
 * Is told when the members of a service have changed, which they also do when a list is
 * dropped that was confirmed too long ago: then there are none.
 *
 * @see ImmediateCatalogListener
 */
@FunctionalInterface
public interface CatalogListener {

	/**
	 * Runs after the catalog has taken the change in, on the thread of the application's
	 * listeners ({@code discovery-listeners}). A listener may block and look services up.
	 * Changes of a service that follow each other meanwhile are reported as one.
	 * @param set the members from now on
	 */
	void onChange(InstanceSet set);

	/**
	 * A listener that holds up no lookup.
	 * @param listener the listener
	 * @param executor runs it, unless it is an {@link ImmediateCatalogListener}
	 */
	static CatalogListener neverOnLookupThread(CatalogListener listener, Executor executor) {
		return (listener instanceof ImmediateCatalogListener) ? listener
				: new QueuedCatalogListener(listener, executor);
	}

}
