/**
 * The instances of each service that this application calls: the only cache of lookups.
 */
@NullMarked
package dev.cloudmap.discovery.catalog;

import org.jspecify.annotations.NullMarked;
