/**
 * Who tells that a look-up of a service would find something else than before.
 */
@NullMarked
package dev.cloudmap.discovery.change;

import org.jspecify.annotations.NullMarked;
