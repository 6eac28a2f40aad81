/**
 * Auto-configuration of the registry: Cloud Map, or the one embedded in applications.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.registry;

import org.jspecify.annotations.NullMarked;
