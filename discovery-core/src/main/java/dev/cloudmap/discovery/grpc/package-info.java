/**
 * Resolution of gRPC targets {@code discovery:///service} through the catalog. Requires
 * grpc-java.
 */
@NullMarked
package dev.cloudmap.discovery.grpc;

import org.jspecify.annotations.NullMarked;
