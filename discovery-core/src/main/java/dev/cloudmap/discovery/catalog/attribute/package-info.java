/**
 * The attributes of services and instances, which DNS does not have.
 */
@NullMarked
package dev.cloudmap.discovery.catalog.attribute;

import org.jspecify.annotations.NullMarked;
