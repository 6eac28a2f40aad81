/**
 * How soon callers see what has changed in the embedded registry.
 */
@NullMarked
package dev.cloudmap.benchmarks.freshness;

import org.jspecify.annotations.NullMarked;
