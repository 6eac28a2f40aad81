/**
 * Cloud Map's operations over HTTP: dispatch, constraints and errors of the JSON 1.1
 * protocol.
 */
@NullMarked
package dev.cloudmap.registry.api;

import org.jspecify.annotations.NullMarked;
