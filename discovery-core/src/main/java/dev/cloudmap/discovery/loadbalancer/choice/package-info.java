/**
 * The choice of an instance: balancing algorithms, weights, zones and subsets.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.choice;

import org.jspecify.annotations.NullMarked;
