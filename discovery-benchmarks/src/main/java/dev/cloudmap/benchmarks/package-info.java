/**
 * What is claimed to be fast, measured beside a peer in the same run.
 */
@NullMarked
package dev.cloudmap.benchmarks;

import org.jspecify.annotations.NullMarked;
