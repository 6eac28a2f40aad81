package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;

import dev.cloudmap.registry.api.signature.SignatureVerifier;
import dev.cloudmap.registry.api.source.SourceRules;
import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.net.ArrivalDeadline;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.RegistryMode;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Timeline;

/**
 * The API's HTTP server.
 */
public final class ApiServer implements AutoCloseable {

	/** Longer request lines are refused, in bytes. */
	private static final int MAX_REQUEST_LINE = 4096;

	/** Longer headers, all together, are refused, in bytes. */
	private static final int MAX_HEADERS = 16 * 1024;

	private static final int MAX_CHUNK = 8192;

	private static final int MAX_CONNECTIONS = 1024;

	private static final Duration IDLE = Duration.ofSeconds(60);

	/** Enough for the largest body over a slow line, and short for one who stalls. */
	private static final Duration ARRIVAL = Duration.ofSeconds(10);

	private static final TcpServer.Limits LIMITS = new TcpServer.Limits(MAX_CONNECTIONS, IDLE, ARRIVAL);

	private final TcpServer server;

	private volatile int dnsPort;

	private volatile Supplier<Map<String, Object>> statistics = Map::of;

	private ApiServer(EventLoopGroup group, InetSocketAddress address, TcpServer.Limits limits, Propagation propagation,
			Dispatcher dispatcher, Watchers watchers, SignatureVerifier verifier, SourceRules sources,
			RealismEndpoint realism) throws IOException {
		MemoryBudget budget = MemoryBudget.ofThisMachine();
		this.server = TcpServer.bind(group, address, limits, (pipeline) -> {
			HttpDecoderConfig config = new HttpDecoderConfig().setMaxInitialLineLength(MAX_REQUEST_LINE)
				.setMaxHeaderSize(MAX_HEADERS)
				.setMaxChunkSize(MAX_CHUNK);
			Responder responder = new Responder(propagation);
			List<StatisticsEndpoint> counted = (propagation.mode() == RegistryMode.LIKE_AWS) ? List.of() : List.of(
					new StatisticsEndpoint(StatisticsEndpoint.PATH, () -> this.statistics.get()),
					new StatisticsEndpoint(StatisticsEndpoint.PRESENCE_PATH, () -> presence(propagation, watchers)));
			pipeline.addLast(new HttpServerCodec(config))
				.addLast(new FlowControlHandler())
				.addLast(new SourceCheck(sources, responder))
				.addLast(new BodyLimit(responder, budget))
				.addLast(ArrivalDeadline.requestsArriveHere());
			if (verifier.credentials().areRequired()) {
				pipeline.addLast(new ProofHandler(verifier.credentials()));
			}
			pipeline.addLast(new RequestHandler(verifier, dispatcher, watchers, responder, realism, counted, budget,
					(local) -> Identity.seenAt(local, this.dnsPort, propagation.mode())));
		});
	}

	/**
	 * Takes the address; requests wait until {@link #serve(int, Supplier)}.
	 * @param group whose threads serve
	 * @param address the address; port 0 takes a free one
	 * @param state the registry's content
	 * @param propagation what look-ups see of it
	 * @param health takes reports of health
	 * @param timeline where time comes from
	 * @param access what callers have to show
	 * @return the server
	 * @throws IOException when the address cannot be had
	 */
	public static ApiServer bind(EventLoopGroup group, InetSocketAddress address, RegistryState state,
			Propagation propagation, InstanceHealth health, Timeline timeline, Access access) throws IOException {
		return bind(group, address, LIMITS, propagation,
				new Dispatcher(state, propagation, health, timeline, new Throttle(timeline, access.realism())),
				Watchers.of(propagation, WatchLimits.DEFAULT), new SignatureVerifier(access.credentials(), timeline),
				new SourceRules(access.hosts()), new RealismEndpoint(access.realism(), access.realismChange()));
	}

	static ApiServer bind(EventLoopGroup group, InetSocketAddress address, TcpServer.Limits limits,
			Propagation propagation, Dispatcher dispatcher, Watchers watchers, SignatureVerifier verifier,
			SourceRules sources, RealismEndpoint realism) throws IOException {
		return new ApiServer(group, address, limits, propagation, dispatcher, watchers, verifier, sources, realism);
	}

	private static Map<String, Object> presence(Propagation propagation, Watchers watchers) {
		int instances = propagation.snapshot()
			.services()
			.stream()
			.mapToInt((service) -> service.instances().size())
			.sum();
		return Map.of("instances", instances, "watchers", watchers.count());
	}

	/**
	 * Begins to answer.
	 * @param portOfDns where the same registry's DNS is
	 * @param counted tells what the registry has counted, as members of a JSON object
	 */
	public void serve(int portOfDns, Supplier<Map<String, Object>> counted) {
		this.dnsPort = portOfDns;
		this.statistics = counted;
		this.server.open();
	}

	/**
	 * Returns where the server is, with its real port.
	 * @return where the server is
	 */
	public InetSocketAddress address() {
		return this.server.address();
	}

	/**
	 * Whether connections reach this server.
	 * @return whether connections reach this server
	 */
	public boolean isListening() {
		return this.server.isListening();
	}

	@Override
	public void close() {
		this.server.close();
	}

}
