package dev.cloudmap.registry.api;

import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.state.Realism;

/**
 * What callers of the API have to show, how much they get, and what they may change.
 *
 * @param hosts the hosts under which the registry may be called
 * @param credentials who may call
 * @param realism tells at any time in how far the registry is like the real service
 * @param realismChange takes another realism from callers; null when they may not give
 * one, nor see the one there is
 */
public record Access(AllowedHosts hosts, Credentials credentials, Supplier<Realism> realism,
		@Nullable Consumer<Realism> realismChange) {
}
