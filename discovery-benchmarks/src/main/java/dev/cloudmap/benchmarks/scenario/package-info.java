/**
 * Scenarios with applications and registries in separate processes under a steady load.
 * They measure failed and slow requests, and the time until each source lists a change.
 */
@NullMarked
package dev.cloudmap.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
