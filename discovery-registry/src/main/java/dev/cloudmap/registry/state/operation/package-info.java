/**
 * Asynchronous operations.
 */
@NullMarked
package dev.cloudmap.registry.state.operation;

import org.jspecify.annotations.NullMarked;
