/**
 * The embedded registry: AWS Cloud Map's API over HTTP and its namespaces over DNS.
 */
@NullMarked
package dev.cloudmap.registry;

import org.jspecify.annotations.NullMarked;
