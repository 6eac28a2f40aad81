package dev.cloudmap.discovery.source.dns;

import java.net.Inet6Address;
import java.net.InetAddress;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.ServiceName;

/**
 * Drops addresses that make no sense to call, and says so once for each address of a
 * service.
 */
final class CallableAddresses {

	private static final String BROADCAST = "255.255.255.255";

	private static final Logger logger = LoggerFactory.getLogger(CallableAddresses.class);

	private final ToldOnce<Dropped> told = new ToldOnce<>();

	/**
	 * Whether an address makes sense.
	 * @param service whose address it is said to be
	 * @param address the address
	 * @param server which server says so: only one of this machine can mean this machine
	 */
	boolean includes(ServiceName service, InetAddress address, InetAddress server) {
		String reason = reason(address, server);
		if (reason == null) {
			return true;
		}
		if (this.told.isNew(new Dropped(service, address))) {
			logger.warn("The DNS server {} gives {} as an address of {}, which is dropped: {}", server.getHostAddress(),
					address.getHostAddress(), service, reason);
		}
		return false;
	}

	private static @Nullable String reason(InetAddress address, InetAddress server) {
		if (address.isAnyLocalAddress()) {
			return "it is the unspecified address";
		}
		if (address.isMulticastAddress()) {
			return "it is a multicast address";
		}
		if (address.getHostAddress().equals(BROADCAST)) {
			return "it is the broadcast address";
		}
		if (address instanceof Inet6Address && address.isLinkLocalAddress()) {
			return "it is link-local, and DNS does not tell by which network interface";
		}
		if (address.isLoopbackAddress() && !server.isLoopbackAddress()) {
			return "it is a loopback address, and the server is not on this machine";
		}
		return null;
	}

	private record Dropped(ServiceName service, InetAddress address) {
	}

}
