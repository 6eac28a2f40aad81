package dev.cloudmap.discovery.registration.host;

/**
 * The loopback address, where all applications run on this machine: it does not depend on
 * VPNs, bridges and firewalls.
 *
 * @param reason why a loopback address can be used
 */
public record LoopbackHostResolver(String reason) implements HostResolver {

	@Override
	public String name() {
		return "loopback";
	}

	@Override
	public HostResolution resolve() {
		return HostResolution.of("127.0.0.1", "::1", this.reason);
	}

}
