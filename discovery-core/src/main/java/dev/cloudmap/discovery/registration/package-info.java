/**
 * When this application is registered and deregistered.
 */
@NullMarked
package dev.cloudmap.discovery.registration;

import org.jspecify.annotations.NullMarked;
