/**
 * Rejection of requests that web pages of other servers may have sent.
 */
@NullMarked
package dev.cloudmap.registry.api.source;

import org.jspecify.annotations.NullMarked;
