package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.Map;
import java.util.function.Supplier;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;

import dev.cloudmap.registry.HandTurnedTimeline;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.signature.SignatureVerifier;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.api.source.SourceRules;
import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.Realism;
import dev.cloudmap.registry.state.RegistryState;

/**
 * The API's server without the rest of a registry: over a journal and with limits of a
 * test's choice, and with time that the test turns.
 */
final class BareApi implements AutoCloseable {

	static final Duration LONG = Duration.ofMinutes(1);

	/** Limits that no test reaches. */
	static final TcpServer.Limits PATIENT = new TcpServer.Limits(1024, LONG, LONG);

	private final HandTurnedTimeline timeline = new HandTurnedTimeline();

	private final EventLoopGroup group;

	private final RegistryState state;

	private final Propagation propagation;

	private final Watchers watchers;

	private final ApiServer server;

	/**
	 * Starts a server.
	 * @param threads how many serve
	 * @param journal where changes are kept
	 * @param realism in how far it is like the real service
	 * @param limits what connections may do
	 * @param watchLimits what those who watch may do
	 */
	BareApi(int threads, Journal journal, Supplier<Realism> realism, TcpServer.Limits limits, WatchLimits watchLimits)
			throws IOException {
		this.group = new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory());
		this.state = new RegistryState(journal, this.timeline, realism);
		this.propagation = Propagation.of(this.state, realism, this.timeline);
		this.watchers = Watchers.of(this.propagation, watchLimits);
		InstanceHealth health = InstanceHealth.begin(this.state, this.timeline, realism);
		this.server = ApiServer.bind(this.group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits,
				this.propagation,
				new Dispatcher(this.state, this.propagation, health, this.timeline,
						new Throttle(this.timeline, realism)),
				this.watchers, new SignatureVerifier(Credentials.NONE, this.timeline),
				new SourceRules(AllowedHosts.DEFAULT), new RealismEndpoint(realism, null));
		this.server.serve(1, Map::of);
	}

	BareApi(Journal journal, Supplier<Realism> realism, TcpServer.Limits limits) throws IOException {
		this(1, journal, realism, limits, WatchLimits.DEFAULT);
	}

	InetSocketAddress address() {
		return this.server.address();
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + address().getPort() + path);
	}

	HttpRequest request(String operation, String body) {
		return TestRegistry.request(uri("/"), operation, body);
	}

	HandTurnedTimeline timeline() {
		return this.timeline;
	}

	RegistryState state() {
		return this.state;
	}

	Propagation propagation() {
		return this.propagation;
	}

	Watchers watchers() {
		return this.watchers;
	}

	/**
	 * Ends the server and leaves the state, which may be busy.
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
