/**
 * What instances report of themselves and how long it counts: custom health and its
 * delay, leases.
 */
@NullMarked
package dev.cloudmap.registry.health;

import org.jspecify.annotations.NullMarked;
