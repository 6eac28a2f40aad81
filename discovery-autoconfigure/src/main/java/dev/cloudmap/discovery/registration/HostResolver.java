package dev.cloudmap.discovery.registration;

import org.jspecify.annotations.Nullable;

/**
 * Knows the address at which others reach this application. Several are asked in order;
 * the first that knows one wins.
 */
@FunctionalInterface
public interface HostResolver {

	/**
	 * The address.
	 * @return the address and why it was chosen, or null if this resolver knows none
	 */
	@Nullable ResolvedHost resolve();

	/**
	 * An address and why it was chosen.
	 *
	 * @param address an IP address, IPv6 without brackets; never null
	 * @param reason the reason, for a log line; never null
	 */
	record ResolvedHost(String address, String reason) {
	}

}
