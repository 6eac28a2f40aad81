/**
 * The check for properties that are set and have no effect.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.check;

import org.jspecify.annotations.NullMarked;
