/**
 * The registry port on AWS Cloud Map's API, spoken through the AWS SDK.
 */
@NullMarked
package dev.cloudmap.discovery.registry.cloudmap;

import org.jspecify.annotations.NullMarked;
