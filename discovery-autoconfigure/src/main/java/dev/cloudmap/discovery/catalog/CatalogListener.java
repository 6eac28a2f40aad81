package dev.cloudmap.discovery.catalog;

import dev.cloudmap.discovery.InstanceSet;

/**
 * Is told when the members of a service have changed.
 */
@FunctionalInterface
public interface CatalogListener {

	/**
	 * Called after the catalog has taken the change in, on a thread of the library. Must
	 * not block.
	 * @param set the members from now on; not null
	 */
	void onChange(InstanceSet set);

}
