/**
 * Makes the registry hold this application as desired.
 */
@NullMarked
package dev.cloudmap.discovery.registration.reconcile;

import org.jspecify.annotations.NullMarked;
