/**
 * When and as what this application is registered.
 */
@NullMarked
package dev.cloudmap.discovery.registration;

import org.jspecify.annotations.NullMarked;
