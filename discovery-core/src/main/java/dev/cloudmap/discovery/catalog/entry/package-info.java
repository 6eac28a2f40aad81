/**
 * The state of a service in the catalog: its instances, when they were confirmed, and the
 * copy on disk that survives a restart.
 */
@NullMarked
package dev.cloudmap.discovery.catalog.entry;

import org.jspecify.annotations.NullMarked;
