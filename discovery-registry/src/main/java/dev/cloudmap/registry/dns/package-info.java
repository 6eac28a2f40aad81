/**
 * The DNS server: UDP, TCP and forwarding.
 */
@NullMarked
package dev.cloudmap.registry.dns;

import org.jspecify.annotations.NullMarked;
