package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;

import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;

import dev.cloudmap.registry.dns.response.QueryResponder;
import dev.cloudmap.registry.dns.response.ResponseCache;
import dev.cloudmap.registry.dns.zone.ShadowedServiceWarning;
import dev.cloudmap.registry.dns.zone.UnresolvableIdWarning;
import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.LookupView;

/**
 * The DNS server: UDP and TCP on the same port, and the forwarder to upstream servers.
 */
public final class DnsServer implements AutoCloseable {

	/** The number of attempts to find a port that is free for UDP and TCP. */
	private static final int FREE_PORT_ATTEMPTS = 20;

	private final DnsCounters counters = new DnsCounters();

	private final Forwarder forwarder;

	private final UdpTransport udp;

	private final TcpTransport tcp;

	private final InetSocketAddress address;

	private DnsServer(EventLoopGroup group, InetSocketAddress address, TcpServer.Limits limits, ResponseCache answers,
			Forwarder forwarder, List<InetSocketAddress> upstreams) throws IOException {
		this.forwarder = forwarder;
		this.udp = new UdpTransport(address, answers, forwarder, this.counters);
		try {
			this.address = this.udp.address();
			for (InetSocketAddress upstream : upstreams) {
				refuseLoop(this.address, upstream);
			}
			this.tcp = new TcpTransport(group, this.address, limits, answers, forwarder, this.counters);
		}
		catch (IOException | RuntimeException ex) {
			this.udp.close();
			throw ex;
		}
		this.udp.serve();
	}

	/**
	 * Starts a server.
	 * @param group the event loops of TCP and upstream queries
	 * @param address the address; port 0 selects a port that is free for UDP and TCP
	 * @param view the content that lookups see
	 * @param upstreams the servers for names outside of all zones, in this order; without
	 * any, such queries are refused
	 * @return the server
	 * @throws IOException if the address cannot be bound
	 * @throws IllegalArgumentException if an upstream server is this server
	 */
	public static DnsServer start(EventLoopGroup group, InetSocketAddress address, LookupView view,
			List<InetSocketAddress> upstreams) throws IOException {
		return start(group, address, view, upstreams, TcpTransport.LIMITS, Forwarder.Timeouts.DEFAULT);
	}

	static DnsServer start(EventLoopGroup group, InetSocketAddress address, LookupView view,
			List<InetSocketAddress> upstreams, TcpServer.Limits limits, Forwarder.Timeouts timeouts)
			throws IOException {
		Zones zones = Zones.of(view);
		UnresolvableIdWarning.report(view);
		ShadowedServiceWarning.report(view);
		QueryResponder responder = new QueryResponder(zones,
				upstreams.isEmpty() ? QueryResponder.Recursion.NONE : QueryResponder.Recursion.AVAILABLE);
		ResponseCache answers = new ResponseCache(zones, responder);
		Forwarder forwarder = new Forwarder(responder, group, upstreams, timeouts);
		for (int attempt = 1;; attempt++) {
			try {
				return new DnsServer(group, address, limits, answers, forwarder, upstreams);
			}
			catch (BindException ex) {
				if (address.getPort() != 0 || attempt == FREE_PORT_ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Rejects an upstream server that is this server, which would be a loop.
	 */
	private static void refuseLoop(InetSocketAddress own, InetSocketAddress upstream) throws IOException {
		InetAddress address = upstream.getAddress();
		boolean reached = own.getAddress().equals(address)
				|| (own.getAddress().isAnyLocalAddress() && isOfThisMachine(address));
		if (reached && own.getPort() == upstream.getPort()) {
			throw new IllegalArgumentException(
					("The upstream server %s is the DNS server of this registry (%s), which would be a loop. "
							+ "Configure another server, or another port for one of them.")
						.formatted(NetUtil.toSocketAddressString(upstream), NetUtil.toSocketAddressString(own)));
		}
	}

	private static boolean isOfThisMachine(InetAddress address) throws IOException {
		return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
	}

	/**
	 * Returns the address with the actual port.
	 * @return the address
	 */
	public InetSocketAddress address() {
		return this.address;
	}

	/**
	 * Returns the statistics since the start.
	 * @return the statistics
	 */
	public DnsStatistics statistics() {
		return this.counters.statistics();
	}

	@Override
	public void close() {
		this.udp.close();
		this.tcp.close();
		this.forwarder.close();
	}

}
