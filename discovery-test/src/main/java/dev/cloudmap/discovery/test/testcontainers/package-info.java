/**
 * Testcontainers support for the registry.
 */
@NullMarked
package dev.cloudmap.discovery.test.testcontainers;

import org.jspecify.annotations.NullMarked;
