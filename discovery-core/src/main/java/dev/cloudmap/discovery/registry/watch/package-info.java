/**
 * Blocking queries, by which a registry reports changes: one loop for each query,
 * whatever the protocol.
 */
@NullMarked
package dev.cloudmap.discovery.registry.watch;

import org.jspecify.annotations.NullMarked;
