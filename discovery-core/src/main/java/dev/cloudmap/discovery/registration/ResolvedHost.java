package dev.cloudmap.discovery.registration;

import java.util.List;

/**
 * The address that is registered, and how it was found.
 *
 * @param addresses one IP address, or an IPv4 and an IPv6 address; IPv6 without brackets;
 * never null, not empty
 * @param resolution what each resolver that was asked has answered, in order; the last
 * one's is the address; never null, not empty
 */
record ResolvedHost(List<String> addresses, List<String> resolution) {

	ResolvedHost {
		addresses = List.copyOf(addresses);
		resolution = List.copyOf(resolution);
	}

	/**
	 * Who won and why, and who did not and why not, for a log line.
	 */
	String story() {
		int last = this.resolution.size() - 1;
		return this.resolution.get(last)
				+ ((last > 0) ? "; passed over: " + String.join(", ", this.resolution.subList(0, last)) : "");
	}

}
