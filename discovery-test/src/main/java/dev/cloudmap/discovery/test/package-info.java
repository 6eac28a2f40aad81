/**
 * A registry for tests: with JUnit Jupiter, with Spring Boot or alone, with stub
 * instances and assertions.
 */
@NullMarked
package dev.cloudmap.discovery.test;

import org.jspecify.annotations.NullMarked;
