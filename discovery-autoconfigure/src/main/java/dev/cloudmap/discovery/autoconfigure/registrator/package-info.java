/**
 * Registrator's environment variables as properties of the registration.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.registrator;

import org.jspecify.annotations.NullMarked;
