/**
 * The port to a registry: what registration and look-up ask of one, whichever it is.
 */
@NullMarked
package dev.cloudmap.discovery.registry;

import org.jspecify.annotations.NullMarked;
