/**
 * The application of the start-up benchmark.
 */
package dev.cloudmap.benchmarks.startup;
