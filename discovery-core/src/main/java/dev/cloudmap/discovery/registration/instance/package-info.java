/**
 * The instance that is registered: name, port and attributes.
 */
@NullMarked
package dev.cloudmap.discovery.registration.instance;

import org.jspecify.annotations.NullMarked;
