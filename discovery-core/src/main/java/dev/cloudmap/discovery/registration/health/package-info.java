/**
 * The health of this application and its checks.
 */
@NullMarked
package dev.cloudmap.discovery.registration.health;

import org.jspecify.annotations.NullMarked;
