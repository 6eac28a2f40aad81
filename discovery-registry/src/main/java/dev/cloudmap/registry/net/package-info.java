/**
 * TCP connections, independent of the protocol.
 */
@NullMarked
package dev.cloudmap.registry.net;

import org.jspecify.annotations.NullMarked;
