/**
 * The DNS records of namespaces, services and instances.
 */
@NullMarked
package dev.cloudmap.registry.dns.zone;

import org.jspecify.annotations.NullMarked;
