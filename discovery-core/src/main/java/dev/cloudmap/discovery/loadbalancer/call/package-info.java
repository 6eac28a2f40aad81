/**
 * A call of a service with its attempts: timeouts, retries, and the diagnosis of services
 * without instances.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.call;

import org.jspecify.annotations.NullMarked;
