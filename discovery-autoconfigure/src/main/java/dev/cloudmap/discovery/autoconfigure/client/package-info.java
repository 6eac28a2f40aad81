/**
 * Auto-configuration of the discovery clients, the catalog, its lookups and its changes.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.client;

import org.jspecify.annotations.NullMarked;
