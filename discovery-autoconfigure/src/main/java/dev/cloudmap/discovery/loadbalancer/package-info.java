/**
 * The catalog as Spring Cloud LoadBalancer's list of instances.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer;

import org.jspecify.annotations.NullMarked;
