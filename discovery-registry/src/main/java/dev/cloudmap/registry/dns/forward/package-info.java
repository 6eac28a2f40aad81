/**
 * Asks other DNS servers. Knows neither clients nor zones.
 */
@NullMarked
package dev.cloudmap.registry.dns.forward;

import org.jspecify.annotations.NullMarked;
