/**
 * Auto-configuration for gRPC: targets of channels, and the port of the server.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.grpc;

import org.jspecify.annotations.NullMarked;
