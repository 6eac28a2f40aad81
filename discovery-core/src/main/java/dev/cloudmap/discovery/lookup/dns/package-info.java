/**
 * Lookup through DNS: SRV with its additional section, then A and AAAA.
 */
@NullMarked
package dev.cloudmap.discovery.lookup.dns;

import org.jspecify.annotations.NullMarked;
