/**
 * HTTP connections to the Cloud Map API: endpoints, proxies, signatures and limits.
 */
@NullMarked
package dev.cloudmap.discovery.registry.cloudmap.connection;

import org.jspecify.annotations.NullMarked;
