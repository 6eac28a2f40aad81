/**
 * Ports, credentials and names of container images that serve AWS Cloud Map's API.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.docker;

import org.jspecify.annotations.NullMarked;
