/**
 * The health of instances: reports, leases and health checks.
 */
@NullMarked
package dev.cloudmap.registry.health;

import org.jspecify.annotations.NullMarked;
