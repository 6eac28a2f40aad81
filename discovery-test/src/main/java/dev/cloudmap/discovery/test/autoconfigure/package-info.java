/**
 * Registry for tests of Spring Boot applications.
 */
@NullMarked
package dev.cloudmap.discovery.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
