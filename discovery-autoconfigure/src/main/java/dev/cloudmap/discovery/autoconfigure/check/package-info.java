/**
 * Check for properties that are set but have no effect.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.check;

import org.jspecify.annotations.NullMarked;
