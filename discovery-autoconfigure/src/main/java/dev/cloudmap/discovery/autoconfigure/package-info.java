/**
 * Auto-configuration for discovery and registration.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure;

import org.jspecify.annotations.NullMarked;
