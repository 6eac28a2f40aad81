/**
 * Adapters of the client libraries, which make calls.
 */
@NullMarked
package dev.cloudmap.discovery.loadbalancer.adapter;

import org.jspecify.annotations.NullMarked;
