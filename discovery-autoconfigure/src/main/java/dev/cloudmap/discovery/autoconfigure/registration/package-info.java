/**
 * Auto-configuration of the application's own registration.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.registration;

import org.jspecify.annotations.NullMarked;
