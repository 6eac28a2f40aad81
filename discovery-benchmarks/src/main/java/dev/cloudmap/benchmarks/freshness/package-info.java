/**
 * Measures how fast callers see changes in the embedded registry.
 */
@NullMarked
package dev.cloudmap.benchmarks.freshness;

import org.jspecify.annotations.NullMarked;
