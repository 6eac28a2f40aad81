/**
 * Timeouts of load-balanced calls for the HTTP clients that Spring Boot builds.
 */
@NullMarked
package dev.cloudmap.discovery.httpclient;

import org.jspecify.annotations.NullMarked;
