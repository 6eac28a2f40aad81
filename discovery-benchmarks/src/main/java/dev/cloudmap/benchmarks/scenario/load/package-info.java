/**
 * Open-loop load and its results.
 */
@NullMarked
package dev.cloudmap.benchmarks.scenario.load;

import org.jspecify.annotations.NullMarked;
