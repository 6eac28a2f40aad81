/**
 * What is known of a service: its instances, when they were confirmed, and the copy on
 * disk that survives a restart.
 */
@NullMarked
package dev.cloudmap.discovery.catalog.entry;

import org.jspecify.annotations.NullMarked;
