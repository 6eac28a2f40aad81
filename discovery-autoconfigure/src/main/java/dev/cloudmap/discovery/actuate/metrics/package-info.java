/**
 * Meters of discovery.
 */
@NullMarked
package dev.cloudmap.discovery.actuate.metrics;

import org.jspecify.annotations.NullMarked;
