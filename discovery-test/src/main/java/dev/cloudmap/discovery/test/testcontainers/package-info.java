/**
 * The registry in a container, by Testcontainers.
 */
@NullMarked
package dev.cloudmap.discovery.test.testcontainers;

import org.jspecify.annotations.NullMarked;
