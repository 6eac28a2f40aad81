package dev.cloudmap.discovery.loadbalancer;

import java.net.InetSocketAddress;

/**
 * The connections that a client library keeps, to use them again.
 */
@FunctionalInterface
public interface IdleConnections {

	/**
	 * Closes those to an address: the idle ones at once, those in use when they are not
	 * any more. Does not block.
	 * @param address the address, unresolved; not null
	 */
	void close(InetSocketAddress address);

}
