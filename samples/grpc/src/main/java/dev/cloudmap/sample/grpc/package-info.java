/**
 * A gRPC server whose instances call each other by the name of the service.
 */
@NullMarked
package dev.cloudmap.sample.grpc;

import org.jspecify.annotations.NullMarked;
