/**
 * Who may call: the access keys and the verification of AWS's Signature Version 4.
 */
@NullMarked
package dev.cloudmap.registry.api.signature;

import org.jspecify.annotations.NullMarked;
