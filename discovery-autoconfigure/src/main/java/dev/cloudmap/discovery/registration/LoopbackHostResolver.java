package dev.cloudmap.discovery.registration;

import org.jspecify.annotations.Nullable;

/**
 * The loopback address: right, and safe from VPNs, bridges and firewalls, where all
 * applications run on this machine.
 */
public final class LoopbackHostResolver implements HostResolver {

	private static final String LOOPBACK = "127.0.0.1";

	@Override
	public @Nullable ResolvedHost resolve() {
		return new ResolvedHost(LOOPBACK, "the embedded registry serves this machine only");
	}

}
