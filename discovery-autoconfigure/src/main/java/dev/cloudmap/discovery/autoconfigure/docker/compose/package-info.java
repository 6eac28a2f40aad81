/**
 * Connection details of services that Docker Compose runs.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.docker.compose;

import org.jspecify.annotations.NullMarked;
