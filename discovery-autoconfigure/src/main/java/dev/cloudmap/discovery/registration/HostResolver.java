package dev.cloudmap.discovery.registration;

import java.util.List;
import java.util.Objects;

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
	 * The first of several that knows the address.
	 * @param resolvers whom to ask, in order; not null
	 */
	static HostResolver firstOf(List<? extends HostResolver> resolvers) {
		return () -> resolvers.stream().map(HostResolver::resolve).filter(Objects::nonNull).findFirst().orElse(null);
	}

	/**
	 * An address and why it was chosen.
	 *
	 * @param address an IP address, IPv6 without brackets; never null
	 * @param reason the reason, for a log line; never null
	 */
	record ResolvedHost(String address, String reason) {
	}

}
