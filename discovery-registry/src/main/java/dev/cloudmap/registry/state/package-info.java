/**
 * The content of the registry: the writer thread, the journal, and the state that lookups
 * see.
 */
@NullMarked
package dev.cloudmap.registry.state;

import org.jspecify.annotations.NullMarked;
