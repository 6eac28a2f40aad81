/**
 * Namespaces, services, instances and operations: commands in, immutable snapshots and
 * change events out.
 */
@NullMarked
package dev.cloudmap.registry.state;

import org.jspecify.annotations.NullMarked;
