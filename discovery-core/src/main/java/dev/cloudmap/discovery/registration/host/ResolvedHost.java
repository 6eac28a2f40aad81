package dev.cloudmap.discovery.registration.host;

import java.util.List;

/**
 * The address that is registered, and how it was found.
 *
 * @param addresses one IP address, or an IPv4 and an IPv6 address; IPv6 without brackets
 * @param resolution the result of each resolver that was called, in order; the last one's
 * is the address
 */
public record ResolvedHost(List<String> addresses, List<String> resolution) {

	public ResolvedHost {
		addresses = List.copyOf(addresses);
		resolution = List.copyOf(resolution);
	}

	/**
	 * The resolver that found the address, and those that did not, for a log line.
	 */
	public String describe() {
		int last = this.resolution.size() - 1;
		return this.resolution.get(last)
				+ ((last > 0) ? "; without an address: " + String.join(", ", this.resolution.subList(0, last)) : "");
	}

}
