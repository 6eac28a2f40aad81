/**
 * The words of service discovery: namespaces, services, instances. Immutable, and free of
 * Spring.
 */
@NullMarked
package dev.cloudmap.discovery;

import org.jspecify.annotations.NullMarked;
