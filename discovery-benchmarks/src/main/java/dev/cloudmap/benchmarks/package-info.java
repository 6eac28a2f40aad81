/**
 * Benchmarks that compare this library with a peer in the same run.
 */
@NullMarked
package dev.cloudmap.benchmarks;

import org.jspecify.annotations.NullMarked;
