/**
 * Auto-configuration of health indicators, metrics and observations.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
