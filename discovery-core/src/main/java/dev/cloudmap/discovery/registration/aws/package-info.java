/**
 * The metadata of Amazon ECS and EC2, and what follows from them for the registration.
 */
@NullMarked
package dev.cloudmap.discovery.registration.aws;

import org.jspecify.annotations.NullMarked;
