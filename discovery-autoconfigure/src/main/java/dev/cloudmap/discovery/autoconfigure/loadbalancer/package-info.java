/**
 * Auto-configuration of the load balancer and of calls.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import org.jspecify.annotations.NullMarked;
