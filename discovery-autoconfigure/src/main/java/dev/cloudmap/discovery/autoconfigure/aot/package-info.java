/**
 * Hints for native images.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.aot;

import org.jspecify.annotations.NullMarked;
