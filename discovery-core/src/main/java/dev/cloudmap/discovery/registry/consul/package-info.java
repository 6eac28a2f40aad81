/**
 * The adapter for Consul, over the HTTP API of an agent.
 */
@NullMarked
package dev.cloudmap.discovery.registry.consul;

import org.jspecify.annotations.NullMarked;
