/**
 * The blocking query that returns a namespace's changed services.
 */
@NullMarked
package dev.cloudmap.discovery.registry.cloudmap.watch;

import org.jspecify.annotations.NullMarked;
