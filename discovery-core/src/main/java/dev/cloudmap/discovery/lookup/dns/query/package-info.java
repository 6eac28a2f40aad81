/**
 * DNS queries over UDP and TCP with dnsjava, and the servers that they are sent to.
 */
@NullMarked
package dev.cloudmap.discovery.lookup.dns.query;

import org.jspecify.annotations.NullMarked;
