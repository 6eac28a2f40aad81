/**
 * The terms of service discovery: namespaces, services, instances, exceptions. All types
 * are immutable and independent of Spring.
 */
@NullMarked
package dev.cloudmap.discovery;

import org.jspecify.annotations.NullMarked;
