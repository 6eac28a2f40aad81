/**
 * Cloud Map's operations over HTTP: dispatch, constraints, rates and errors of the JSON
 * 1.1 protocol. And what Cloud Map has nothing like: streams that tell watchers of
 * changes, and a look at the registry's realism and its change.
 */
@NullMarked
package dev.cloudmap.registry.api;

import org.jspecify.annotations.NullMarked;
