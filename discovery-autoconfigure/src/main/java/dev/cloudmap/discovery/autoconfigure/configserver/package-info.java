/**
 * Discovery of Spring Cloud Config's server before the application context exists.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.configserver;

import org.jspecify.annotations.NullMarked;
