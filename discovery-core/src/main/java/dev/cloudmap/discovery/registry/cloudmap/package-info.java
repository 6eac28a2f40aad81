/**
 * Implementation of the registry port with the API of AWS Cloud Map, through the AWS SDK.
 */
@NullMarked
package dev.cloudmap.discovery.registry.cloudmap;

import org.jspecify.annotations.NullMarked;
