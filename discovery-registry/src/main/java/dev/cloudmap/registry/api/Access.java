package dev.cloudmap.registry.api;

import dev.cloudmap.registry.api.signature.Credentials;

/**
 * What callers of the API have to show, and what they may do.
 *
 * @param credentials who may call
 */
public record Access(Credentials credentials) {
}
