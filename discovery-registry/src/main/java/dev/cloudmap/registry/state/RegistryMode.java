package dev.cloudmap.registry.state;

/**
 * What a registry does beyond Cloud Map's API. It is chosen at the start and stays.
 * Delays, quotas and the like are no part of it: see {@link Realism}.
 */
public enum RegistryMode {

	/**
	 * Made for one machine: instances with a lease are removed when nobody renews it,
	 * changes can be watched, and instances of one service may share an address.
	 */
	EXTENDED(CreateNamespace.DEFAULT_SOA_TTL),

	/**
	 * Differs from AWS Cloud Map as little as it can: has none of these, and refuses the
	 * DNS records that Route 53 refuses.
	 */
	LIKE_AWS(RegistryMode.AWS_SOA_TTL);

	/**
	 * Seconds for which DNS clients may remember that a name of a hosted zone does not
	 * exist, unless the request says otherwise: 15 minutes, as in the Route 53 Developer
	 * Guide, on the SOA record of a hosted zone.
	 */
	private static final long AWS_SOA_TTL = 900;

	private final long soaTtl;

	RegistryMode(long soaTtl) {
		this.soaTtl = soaTtl;
	}

	/**
	 * Returns the SOA TTL of a namespace whose creator gives none.
	 * @return seconds for which DNS clients may remember that a name does not exist
	 */
	public long soaTtl() {
		return this.soaTtl;
	}

}
