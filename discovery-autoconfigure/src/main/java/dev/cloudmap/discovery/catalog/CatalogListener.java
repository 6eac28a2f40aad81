package dev.cloudmap.discovery.catalog;

import dev.cloudmap.discovery.InstanceSet;

/**
 * Is told when the members of a service have changed, which they also do when a list is
 * dropped that was confirmed too long ago: then there are none.
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
