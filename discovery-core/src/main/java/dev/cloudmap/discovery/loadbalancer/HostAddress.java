package dev.cloudmap.discovery.loadbalancer;

import java.net.InetSocketAddress;

/**
 * An address as client libraries keep it: some write IPv6 addresses in brackets, as a URL
 * has them.
 */
final class HostAddress {

	private HostAddress() {
	}

	/**
	 * Whether both are the same host and port.
	 */
	static boolean isSame(InetSocketAddress address, String host, int port) {
		return address.getPort() == port && bare(address.getHostString()).equalsIgnoreCase(bare(host));
	}

	private static String bare(String host) {
		return (host.startsWith("[") && host.endsWith("]")) ? host.substring(1, host.length() - 1) : host;
	}

}
