/**
 * Queries to upstream DNS servers, independent of clients and zones.
 */
@NullMarked
package dev.cloudmap.registry.dns.forward;

import org.jspecify.annotations.NullMarked;
