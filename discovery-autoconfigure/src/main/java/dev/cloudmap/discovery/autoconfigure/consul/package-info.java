/**
 * Auto-configuration of Consul as the registry.
 */
@NullMarked
package dev.cloudmap.discovery.autoconfigure.consul;

import org.jspecify.annotations.NullMarked;
