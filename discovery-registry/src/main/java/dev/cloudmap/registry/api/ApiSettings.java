package dev.cloudmap.registry.api;

import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.state.emulation.Emulation;

/**
 * The settings of the API.
 *
 * @param hosts the hosts that requests can name
 * @param credentials the access keys of clients
 * @param emulation returns the current emulation settings
 * @param emulationChange changes the emulation settings; null if clients cannot read and
 * change them
 */
public record ApiSettings(AllowedHosts hosts, Credentials credentials, Supplier<Emulation> emulation,
		@Nullable Consumer<Emulation> emulationChange) {
}
