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
import dev.cloudmap.registry.state.LookupView;

/**
 * The DNS server: the same zones over UDP and TCP, on one port, and upstreams behind
 * them.
 */
public final class DnsServer implements AutoCloseable {

	/** How often another port is tried when one is free for UDP but not for TCP. */
	private static final int FREE_PORT_ATTEMPTS = 20;

	private final UdpTransport udp;

	private final TcpTransport tcp;

	private final Forwarder forwarder;

	private final InetSocketAddress address;

	private final DnsCounters counters;

	private DnsServer(UdpTransport udp, TcpTransport tcp, Forwarder forwarder, InetSocketAddress address,
			DnsCounters counters) {
		this.udp = udp;
		this.tcp = tcp;
		this.forwarder = forwarder;
		this.address = address;
		this.counters = counters;
	}

	/**
	 * Takes the address and begins to answer.
	 * @param group whose threads serve TCP and ask upstreams
	 * @param address the address; port 0 takes one that is free for both UDP and TCP
	 * @param view what look-ups see
	 * @param upstreams the servers to ask for names outside of all zones, in this order;
	 * without any such names are refused
	 * @return the server
	 * @throws IOException when the address cannot be had
	 * @throws IllegalArgumentException when an upstream is this server itself
	 */
	public static DnsServer start(EventLoopGroup group, InetSocketAddress address, LookupView view,
			List<InetSocketAddress> upstreams) throws IOException {
		return start(group, address, view, upstreams, Forwarder.Patience.OF_STUB_RESOLVERS);
	}

	static DnsServer start(EventLoopGroup group, InetSocketAddress address, LookupView view,
			List<InetSocketAddress> upstreams, Forwarder.Patience patience) throws IOException {
		Zones zones = Zones.of(view);
		UnresolvableIdWarning.report(view);
		ShadowedServiceWarning.report(view);
		QueryResponder responder = new QueryResponder(zones,
				upstreams.isEmpty() ? QueryResponder.Recursion.NONE : QueryResponder.Recursion.AVAILABLE);
		ResponseCache answers = new ResponseCache(zones, responder);
		Forwarder forwarder = new Forwarder(responder, group, upstreams, patience);
		for (int attempt = 1;; attempt++) {
			try {
				return start(group, address, responder, answers, forwarder, upstreams);
			}
			catch (BindException ex) {
				if (address.getPort() != 0 || attempt == FREE_PORT_ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private static DnsServer start(EventLoopGroup group, InetSocketAddress address, QueryResponder responder,
			ResponseCache answers, Forwarder forwarder, List<InetSocketAddress> upstreams) throws IOException {
		DnsCounters counters = new DnsCounters();
		UdpTransport udp = UdpTransport.bind(address, responder, answers, forwarder, counters);
		try {
			InetSocketAddress actual = udp.address();
			for (InetSocketAddress upstream : upstreams) {
				refuseLoop(actual, upstream);
			}
			TcpTransport tcp = new TcpTransport(group, actual, responder, answers, forwarder, counters);
			udp.serve();
			return new DnsServer(udp, tcp, forwarder, actual, counters);
		}
		catch (IOException | RuntimeException ex) {
			udp.close();
			throw ex;
		}
	}

	/**
	 * Refuses an upstream that is this server: a query would go round until nothing is
	 * left to ask it with.
	 */
	private static void refuseLoop(InetSocketAddress own, InetSocketAddress upstream) throws IOException {
		InetAddress address = upstream.getAddress();
		boolean reached = own.getAddress().equals(address)
				|| (own.getAddress().isAnyLocalAddress() && isOfThisMachine(address));
		if (reached && own.getPort() == upstream.getPort()) {
			throw new IllegalArgumentException(
					("The upstream %s is this registry's own DNS server, which listens on %s: it would ask itself. "
							+ "Name another server, or another port for one of them.")
						.formatted(NetUtil.toSocketAddressString(upstream), NetUtil.toSocketAddressString(own)));
		}
	}

	private static boolean isOfThisMachine(InetAddress address) throws IOException {
		return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
	}

	/**
	 * Returns where the server is, with its real port.
	 * @return where the server is
	 */
	public InetSocketAddress address() {
		return this.address;
	}

	/**
	 * Returns what the server has done since its start.
	 * @return what it has counted up to now
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
