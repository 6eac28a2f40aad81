/**
 * What the servers of connections have in common, whatever protocol they speak.
 */
@NullMarked
package dev.cloudmap.registry.net;

import org.jspecify.annotations.NullMarked;
