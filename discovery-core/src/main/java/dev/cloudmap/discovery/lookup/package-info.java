/**
 * Instance sources: one lookup of one service, by the registry's API or by DNS.
 */
@NullMarked
package dev.cloudmap.discovery.lookup;

import org.jspecify.annotations.NullMarked;
