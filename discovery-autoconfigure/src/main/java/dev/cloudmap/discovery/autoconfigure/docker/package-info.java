/**
 * What is known of container images that speak AWS Cloud Map's API.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.docker;

import org.jspecify.annotations.NullMarked;
