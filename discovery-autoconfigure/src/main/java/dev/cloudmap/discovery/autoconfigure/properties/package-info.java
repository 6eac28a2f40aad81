/**
 * The configuration properties.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.properties;

import org.jspecify.annotations.NullMarked;
