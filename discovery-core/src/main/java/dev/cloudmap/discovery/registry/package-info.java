/**
 * The registry port: the operations that registration and lookup need from a registry of
 * any kind.
 */
@NullMarked
package dev.cloudmap.discovery.registry;

import org.jspecify.annotations.NullMarked;
