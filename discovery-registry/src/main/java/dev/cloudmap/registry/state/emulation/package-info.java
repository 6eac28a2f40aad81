/**
 * The settings by which the registry behaves like AWS Cloud Map: mode, delays, failures,
 * throttling and quotas.
 */
@NullMarked
package dev.cloudmap.registry.state.emulation;

import org.jspecify.annotations.NullMarked;
