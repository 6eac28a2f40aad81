/**
 * Test utilities of several modules.
 */
@NullMarked
package dev.cloudmap.testsupport;

import org.jspecify.annotations.NullMarked;
