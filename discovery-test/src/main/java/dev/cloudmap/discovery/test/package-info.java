/**
 * Registry for tests with stub instances and assertions, for JUnit Jupiter, Spring Boot
 * or stand-alone use.
 */
@NullMarked
package dev.cloudmap.discovery.test;

import org.jspecify.annotations.NullMarked;
