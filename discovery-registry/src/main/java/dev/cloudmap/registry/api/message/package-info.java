/**
 * The requests and responses of Cloud Map's API, their constraints and their JSON.
 */
@NullMarked
package dev.cloudmap.registry.api.message;

import org.jspecify.annotations.NullMarked;
