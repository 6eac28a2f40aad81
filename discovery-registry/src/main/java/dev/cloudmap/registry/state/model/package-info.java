/**
 * The terms of the registry: namespaces, services, instances and operations, and the
 * errors of requests.
 */
@NullMarked
package dev.cloudmap.registry.state.model;

import org.jspecify.annotations.NullMarked;
