/**
 * A load-balanced call from its beginning to its end: how long it may take, and at which
 * instances it is attempted. For blocking and reactive clients by the same rules.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.call;

import org.jspecify.annotations.NullMarked;
