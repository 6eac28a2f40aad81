/**
 * What instances report of themselves and how long it counts: custom health and its
 * delay, leases. And what checks over the network find of them.
 */
@NullMarked
package dev.cloudmap.registry.health;

import org.jspecify.annotations.NullMarked;
