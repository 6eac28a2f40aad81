/**
 * The health of instances: what they report of themselves and how long it counts, and
 * what checks over the network find of them.
 */
@NullMarked
package dev.cloudmap.registry.health;

import org.jspecify.annotations.NullMarked;
