/**
 * What look-ups cost on AWS Cloud Map, worked out by the library's own code in the time
 * of a clock that is turned by hand.
 */
@NullMarked
package dev.cloudmap.benchmarks.cost;

import org.jspecify.annotations.NullMarked;
