/**
 * A service that answers with made-up weather.
 */
@NullMarked
package dev.cloudmap.sample.weather;

import org.jspecify.annotations.NullMarked;
