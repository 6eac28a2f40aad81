/**
 * Calls to instances by name, for TLS certificates, without a lookup of that name.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.name;

import org.jspecify.annotations.NullMarked;
