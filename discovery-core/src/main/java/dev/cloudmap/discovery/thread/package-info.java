/**
 * The library's threads: few, named, daemon, and stopped together.
 */
@NullMarked
package dev.cloudmap.discovery.thread;

import org.jspecify.annotations.NullMarked;
