/**
 * Calls of Cloud Map operations: their answers, their count and the limit that protects
 * an account.
 */
@NullMarked
package dev.cloudmap.discovery.registry.cloudmap.call;

import org.jspecify.annotations.NullMarked;
