/**
 * Spring Cloud's discovery clients over the catalog.
 */
@NullMarked
package dev.cloudmap.discovery.client;

import org.jspecify.annotations.NullMarked;
