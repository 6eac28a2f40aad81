/**
 * What survives a restart.
 */
@NullMarked
package dev.cloudmap.registry.store;

import org.jspecify.annotations.NullMarked;
