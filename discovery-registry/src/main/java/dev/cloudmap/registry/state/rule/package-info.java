/**
 * Validation of services, instances and their DNS names.
 */
@NullMarked
package dev.cloudmap.registry.state.rule;

import org.jspecify.annotations.NullMarked;
