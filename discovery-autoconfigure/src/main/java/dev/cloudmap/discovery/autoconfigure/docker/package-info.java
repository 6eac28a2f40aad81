/**
 * Names, ports and credentials of container images that implement AWS Cloud Map's API.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.docker;

import org.jspecify.annotations.NullMarked;
