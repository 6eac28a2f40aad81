/**
 * Computes the cost of lookups on AWS Cloud Map. The simulation runs the library's code
 * with a virtual clock.
 */
@NullMarked
package dev.cloudmap.benchmarks.cost;

import org.jspecify.annotations.NullMarked;
