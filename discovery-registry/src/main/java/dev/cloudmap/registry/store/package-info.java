/**
 * The journal in a file of H2's MVStore.
 */
@NullMarked
package dev.cloudmap.registry.store;

import org.jspecify.annotations.NullMarked;
