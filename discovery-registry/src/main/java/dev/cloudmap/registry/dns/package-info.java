/**
 * The DNS namespaces as authoritative zones, over UDP and TCP.
 */
@NullMarked
package dev.cloudmap.registry.dns;

import org.jspecify.annotations.NullMarked;
