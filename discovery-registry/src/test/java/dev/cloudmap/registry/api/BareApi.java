package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.operation.ApiDispatcher;
import dev.cloudmap.registry.api.operation.RateLimiter;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.signature.SignatureVerifier;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.api.source.HostRules;
import dev.cloudmap.registry.api.watch.WatchLimits;
import dev.cloudmap.registry.api.watch.Watchers;
import dev.cloudmap.registry.health.HealthReports;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.emulation.Emulation;

/**
 * An API server over a given journal, with configurable limits and a manual clock.
 */
public final class BareApi implements AutoCloseable {

	static final Duration LONG = Duration.ofMinutes(1);

	/** Limits that tests do not reach. */
	public static final TcpServer.Limits PATIENT = new TcpServer.Limits(1024, LONG, LONG);

	private final ManualScheduler scheduler = new ManualScheduler();

	private final EventLoopGroup group;

	private final RegistryState state;

	private final LookupView view;

	private final Watchers watchers;

	private final ApiServer server;

	/**
	 * Starts the server.
	 * @param threads the number of worker threads
	 * @param journal the journal that stores changes
	 * @param emulation the emulation of Cloud Map
	 * @param limits the connection limits
	 * @param watchLimits the limits of watch queries
	 */
	BareApi(int threads, Journal journal, Supplier<Emulation> emulation, TcpServer.Limits limits,
			WatchLimits watchLimits) throws IOException {
		this.group = new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory());
		this.state = new RegistryState(journal, this.scheduler, emulation);
		this.view = LookupView.of(this.state, emulation, this.scheduler);
		this.watchers = new Watchers(this.view, this.scheduler, watchLimits);
		HealthReports health = HealthReports.begin(this.state, this.scheduler, emulation);
		this.server = new ApiServer(this.group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits,
				this.view,
				new ApiDispatcher(this.state, this.view, health, this.scheduler,
						new RateLimiter(this.scheduler, emulation)),
				this.watchers, new SignatureVerifier(Credentials.NONE, this.scheduler),
				new HostRules(AllowedHosts.DEFAULT), List.of());
		this.server.serve(1, Map::of);
	}

	public BareApi(Journal journal, Supplier<Emulation> emulation, TcpServer.Limits limits) throws IOException {
		this(1, journal, emulation, limits, WatchLimits.DEFAULT);
	}

	InetSocketAddress address() {
		return this.server.address();
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + address().getPort() + path);
	}

	public HttpRequest request(String operation, String body) {
		return TestRegistry.request(uri("/"), operation, body);
	}

	ManualScheduler scheduler() {
		return this.scheduler;
	}

	RegistryState state() {
		return this.state;
	}

	LookupView view() {
		return this.view;
	}

	Watchers watchers() {
		return this.watchers;
	}

	/**
	 * Stops the server but not the state, which may be busy.
	 */
	void closeServer() {
		this.server.close();
	}

	@Override
	public void close() {
		this.server.close();
		this.state.close();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

}
