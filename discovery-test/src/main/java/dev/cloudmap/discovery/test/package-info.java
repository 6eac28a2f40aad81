/**
 * A registry for tests.
 */
@NullMarked
package dev.cloudmap.discovery.test;

import org.jspecify.annotations.NullMarked;
