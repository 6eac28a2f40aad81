package dev.cloudmap.discovery.registration;

/**
 * The loopback address: right, and safe from VPNs, bridges and firewalls, where all
 * applications run on this machine.
 */
public final class LoopbackHostResolver implements HostResolver {

	private final String reason;

	/**
	 * Creates the resolver.
	 * @param reason why loopback will do; not null
	 */
	public LoopbackHostResolver(String reason) {
		this.reason = reason;
	}

	@Override
	public String name() {
		return "loopback";
	}

	@Override
	public HostAnswer resolve() {
		return HostAnswer.of("127.0.0.1", "::1", this.reason);
	}

}
