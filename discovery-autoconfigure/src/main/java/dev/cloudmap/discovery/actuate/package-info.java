/**
 * Health and observations of discovery.
 */
@NullMarked
package dev.cloudmap.discovery.actuate;

import org.jspecify.annotations.NullMarked;
