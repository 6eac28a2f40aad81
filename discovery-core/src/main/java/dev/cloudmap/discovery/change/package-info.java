/**
 * Notifications that a lookup of a service would return something else than before.
 */
@NullMarked
package dev.cloudmap.discovery.change;

import org.jspecify.annotations.NullMarked;
