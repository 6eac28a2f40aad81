/**
 * Clock, delayed tasks and durations.
 */
@NullMarked
package dev.cloudmap.registry.time;

import org.jspecify.annotations.NullMarked;
