/**
 * Checks whether ejected instances accept connections again.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.probe;

import org.jspecify.annotations.NullMarked;
