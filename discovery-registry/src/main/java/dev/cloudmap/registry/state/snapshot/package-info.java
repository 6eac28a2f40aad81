/**
 * Immutable snapshots of the content, and the transactions that create them.
 */
@NullMarked
package dev.cloudmap.registry.state.snapshot;

import org.jspecify.annotations.NullMarked;
