/**
 * Auto-configuration beside Spring Cloud AWS.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.awspring;

import org.jspecify.annotations.NullMarked;
