/**
 * The HTTP server: Cloud Map's API and further endpoints.
 */
@NullMarked
package dev.cloudmap.registry.api;

import org.jspecify.annotations.NullMarked;
