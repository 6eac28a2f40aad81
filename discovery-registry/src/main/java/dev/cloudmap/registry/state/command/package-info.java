/**
 * The changes that clients request.
 */
@NullMarked
package dev.cloudmap.registry.state.command;

import org.jspecify.annotations.NullMarked;
