/**
 * Finds the address at which other applications reach this one.
 */
@NullMarked
package dev.cloudmap.discovery.registration.host;

import org.jspecify.annotations.NullMarked;
