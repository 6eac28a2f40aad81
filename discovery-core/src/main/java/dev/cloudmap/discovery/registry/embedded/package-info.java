/**
 * The embedded registry: this application hosts one, or joins the one that another
 * application on this machine hosts.
 */
@NullMarked
package dev.cloudmap.discovery.registry.embedded;

import org.jspecify.annotations.NullMarked;
