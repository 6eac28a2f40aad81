/**
 * Which requests may come in at all: by the host that they call and the web page that
 * they come from.
 */
@NullMarked
package dev.cloudmap.registry.api.source;

import org.jspecify.annotations.NullMarked;
