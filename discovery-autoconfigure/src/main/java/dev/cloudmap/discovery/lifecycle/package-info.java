/**
 * Registration follows the life cycle of a Spring Boot application: readiness,
 * availability, web servers, and shutdown.
 */
@NullMarked
package dev.cloudmap.discovery.lifecycle;

import org.jspecify.annotations.NullMarked;
