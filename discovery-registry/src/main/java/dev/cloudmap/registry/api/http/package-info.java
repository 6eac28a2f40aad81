/**
 * HTTP requests and responses: limits, rejection, headers.
 */
@NullMarked
package dev.cloudmap.registry.api.http;

import org.jspecify.annotations.NullMarked;
