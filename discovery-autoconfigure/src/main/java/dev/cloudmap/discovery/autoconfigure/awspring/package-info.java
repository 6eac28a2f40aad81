/**
 * Auto-configuration for the integration with Spring Cloud AWS.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.awspring;

import org.jspecify.annotations.NullMarked;
