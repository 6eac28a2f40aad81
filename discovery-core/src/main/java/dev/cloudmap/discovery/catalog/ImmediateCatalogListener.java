package dev.cloudmap.discovery.catalog;

/**
 * A listener that never blocks, as those of this library. It runs on the thread that
 * found the change, before any other listener.
 */
public interface ImmediateCatalogListener extends CatalogListener {

}
