/**
 * Applications that call the worker with each HTTP client.
 */
@NullMarked
package dev.cloudmap.benchmarks.clients;

import org.jspecify.annotations.NullMarked;
