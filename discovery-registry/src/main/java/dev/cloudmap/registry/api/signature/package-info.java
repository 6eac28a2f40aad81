/**
 * Access keys and the verification of AWS Signature Version 4.
 */
@NullMarked
package dev.cloudmap.registry.api.signature;

import org.jspecify.annotations.NullMarked;
