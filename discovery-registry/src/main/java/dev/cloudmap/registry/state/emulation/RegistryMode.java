package dev.cloudmap.registry.state.emulation;

/**
 * Whether a registry has features that AWS Cloud Map does not have. The mode is fixed at
 * the start. Delays and quotas do not depend on it, see {@link Emulation}.
 */
public enum RegistryMode {

	/**
	 * Leases expire, changes can be watched, and instances of one service can share an
	 * address.
	 */
	EXTENDED(RegistryMode.SHORT_SOA_TTL),

	/**
	 * None of these features. DNS records that Route 53 rejects are rejected.
	 */
	LIKE_AWS(RegistryMode.AWS_SOA_TTL);

	/** In seconds. Short, because names are created all the time in development. */
	private static final long SHORT_SOA_TTL = 5;

	/** In seconds: Route 53 Developer Guide, on the SOA record of a hosted zone. */
	private static final long AWS_SOA_TTL = 900;

	private final long soaTtl;

	RegistryMode(long soaTtl) {
		this.soaTtl = soaTtl;
	}

	/**
	 * Returns the default SOA TTL of a namespace, for which DNS clients cache negative
	 * responses.
	 * @return the TTL in seconds
	 */
	public long soaTtl() {
		return this.soaTtl;
	}

}
