/**
 * What is known of each service that this application calls, kept fresh; the only cache.
 */
@NullMarked
package dev.cloudmap.discovery.catalog;

import org.jspecify.annotations.NullMarked;
