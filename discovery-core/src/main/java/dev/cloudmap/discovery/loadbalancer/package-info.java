/**
 * Spring Cloud LoadBalancer's parts for one name: the load balancer, the list of
 * instances and the life cycle.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer;

import org.jspecify.annotations.NullMarked;
