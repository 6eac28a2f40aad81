package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;

import io.netty.channel.EventLoopGroup;

import dev.cloudmap.registry.state.Propagation;

/**
 * The DNS server: the same zones over UDP and TCP, on one port.
 */
public final class DnsServer implements AutoCloseable {

	/** How often another port is tried when one is free for UDP but not for TCP. */
	private static final int FREE_PORT_ATTEMPTS = 20;

	private final UdpTransport udp;

	private final TcpTransport tcp;

	private final InetSocketAddress address;

	private final DnsCounters counters;

	private DnsServer(UdpTransport udp, TcpTransport tcp, InetSocketAddress address, DnsCounters counters) {
		this.udp = udp;
		this.tcp = tcp;
		this.address = address;
		this.counters = counters;
	}

	/**
	 * Takes the address and begins to answer.
	 * @param group whose threads serve TCP
	 * @param address the address; port 0 takes one that is free for both UDP and TCP
	 * @param propagation what look-ups see
	 * @return the server
	 * @throws IOException when the address cannot be had
	 */
	public static DnsServer start(EventLoopGroup group, InetSocketAddress address, Propagation propagation)
			throws IOException {
		Zones zones = Zones.of(propagation);
		Responder responder = new Responder(zones);
		ReadyAnswers answers = new ReadyAnswers(zones, responder);
		for (int attempt = 1;; attempt++) {
			try {
				return start(group, address, responder, answers);
			}
			catch (BindException ex) {
				if (address.getPort() != 0 || attempt == FREE_PORT_ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private static DnsServer start(EventLoopGroup group, InetSocketAddress address, Responder responder,
			ReadyAnswers answers) throws IOException {
		DnsCounters counters = new DnsCounters();
		UdpTransport udp = UdpTransport.bind(address, responder, answers, counters);
		try {
			InetSocketAddress actual = udp.address();
			TcpTransport tcp = new TcpTransport(group, actual, responder, answers, counters);
			udp.serve();
			return new DnsServer(udp, tcp, actual, counters);
		}
		catch (IOException | RuntimeException ex) {
			udp.close();
			throw ex;
		}
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
	}

}
