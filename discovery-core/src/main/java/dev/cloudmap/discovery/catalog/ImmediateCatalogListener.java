package dev.cloudmap.discovery.catalog;

/**
 * A listener that never blocks. It runs on the thread of the lookup, before other
 * listeners.
 */
public interface ImmediateCatalogListener extends CatalogListener {

}
