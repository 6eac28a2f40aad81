package dev.cloudmap.discovery.loadbalancer;

import java.net.InetSocketAddress;

/**
 * The connections that a client library keeps, to use them again.
 */
@FunctionalInterface
public interface IdleConnections {

	/**
	 * Closes those to an address: the idle ones at once, and those in use, which are
	 * never disturbed, when they are not any more, where the library can. Is called on a
	 * thread that may be kept for a moment, but waits for nobody's answer.
	 * @param address the address, unresolved; not null
	 */
	void close(InetSocketAddress address);

}
