/**
 * The Actuator endpoint {@code discovery} and the info contributor.
 */
@NullMarked
package dev.cloudmap.discovery.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
