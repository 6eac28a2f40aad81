package dev.cloudmap.discovery.registration.host;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.cloudmap.discovery.registration.host.HostResolution.Found;

/**
 * Which of an application's addresses are registered.
 */
public enum IpFamily {

	/** The IPv4 address; the IPv6 address only if there is no other. */
	IPV4,

	/** The IPv6 address. */
	IPV6,

	/** Both. */
	BOTH;

	/**
	 * The addresses that are registered.
	 * @return one, or two with IPv4 first; empty if a required one was not found
	 */
	List<String> of(Found found) {
		return switch (this) {
			case IPV4 -> Stream.of(found.ipv4(), found.ipv6()).filter(Objects::nonNull).limit(1).toList();
			case IPV6 -> Stream.ofNullable(found.ipv6()).toList();
			case BOTH ->
				(found.ipv4() != null && found.ipv6() != null) ? List.of(found.ipv4(), found.ipv6()) : List.of();
		};
	}

}
