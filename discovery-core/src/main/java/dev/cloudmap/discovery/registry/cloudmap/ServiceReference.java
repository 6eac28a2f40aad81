package dev.cloudmap.discovery.registry.cloudmap;

import org.jspecify.annotations.Nullable;

/**
 * How requests refer to a service.
 *
 * @param id the id; the ARN if {@code owner} is set
 * @param owner the account that owns the namespace of the service, if requests use ARNs;
 * null if they use ids
 */
record ServiceReference(String id, @Nullable String owner) {
}
