/**
 * What the JDK's HTTP client needs in addition: a limit of answers, and the choice of a
 * proxy.
 */
@NullMarked
package dev.cloudmap.discovery.registry.http;

import org.jspecify.annotations.NullMarked;
