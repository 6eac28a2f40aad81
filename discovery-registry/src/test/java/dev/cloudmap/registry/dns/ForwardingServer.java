package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.emulation.Emulation;

/**
 * A DNS server without zones that forwards all queries, with short timeouts.
 */
final class ForwardingServer implements AutoCloseable {

	/** Timeout for upstreams that answer: longer than a test runs. */
	static final Forwarder.Timeouts LONG = new Forwarder.Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(20));

	/** Timeout for upstreams that do not answer. */
	static final Forwarder.Timeouts SHORT = new Forwarder.Timeouts(Duration.ofMillis(100), Duration.ofSeconds(5));

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("test-io", true),
			NioIoHandler.newFactory());

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RegistryState state = new RegistryState(Journal.NONE, this.scheduler, () -> Emulation.NONE);

	private final DnsServer server;

	private ForwardingServer(TcpServer.Limits limits, Forwarder.Timeouts timeouts, List<InetSocketAddress> upstreams)
			throws IOException {
		this.server = DnsServer.start(this.group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
				LookupView.of(this.state, () -> Emulation.NONE, this.scheduler), upstreams, limits, timeouts);
	}

	static ForwardingServer to(Forwarder.Timeouts timeouts, InetSocketAddress... upstreams) throws IOException {
		return new ForwardingServer(TcpTransport.LIMITS, timeouts, List.of(upstreams));
	}

	/**
	 * Starts a server that refuses all queries.
	 */
	static ForwardingServer withLimits(TcpServer.Limits limits) throws IOException {
		return new ForwardingServer(limits, LONG, List.of());
	}

	InetSocketAddress address() {
		return this.server.address();
	}

	DnsStatistics statistics() {
		return this.server.statistics();
	}

	/**
	 * Closes the DNS server but not the shared resources.
	 */
	void closeDns() {
		this.server.close();
	}

	@Override
	public void close() {
		this.server.close();
		this.state.close();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

}
