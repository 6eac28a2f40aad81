/**
 * Responses to DNS queries, and their cache.
 */
@NullMarked
package dev.cloudmap.registry.dns.response;

import org.jspecify.annotations.NullMarked;
