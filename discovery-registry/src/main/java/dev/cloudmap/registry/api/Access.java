package dev.cloudmap.registry.api;

import java.util.function.Supplier;

import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.state.Realism;

/**
 * What callers of the API have to show, and how much they get.
 *
 * @param credentials who may call
 * @param realism tells, at each request, in how far the registry is like the real service
 */
public record Access(Credentials credentials, Supplier<Realism> realism) {
}
