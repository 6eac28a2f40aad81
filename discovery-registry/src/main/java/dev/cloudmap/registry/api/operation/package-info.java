/**
 * The operations of Cloud Map's API, independent of HTTP.
 */
@NullMarked
package dev.cloudmap.registry.api.operation;

import org.jspecify.annotations.NullMarked;
