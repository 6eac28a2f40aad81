/**
 * The threads, timers and back-offs of the library.
 */
@NullMarked
package dev.cloudmap.discovery.thread;

import org.jspecify.annotations.NullMarked;
