/**
 * What the tests of several modules share.
 */
@NullMarked
package dev.cloudmap.testsupport;

import org.jspecify.annotations.NullMarked;
