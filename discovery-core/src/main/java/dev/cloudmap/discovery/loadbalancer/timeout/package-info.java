/**
 * Client libraries with the connect and read timeouts of the called service.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.timeout;

import org.jspecify.annotations.NullMarked;
