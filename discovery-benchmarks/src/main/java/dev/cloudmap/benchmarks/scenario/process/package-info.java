/**
 * Processes that scenarios start and stop.
 */
@NullMarked
package dev.cloudmap.benchmarks.scenario.process;

import org.jspecify.annotations.NullMarked;
