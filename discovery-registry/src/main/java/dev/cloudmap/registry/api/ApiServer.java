package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;

import dev.cloudmap.registry.api.http.HostCheckHandler;
import dev.cloudmap.registry.api.http.MemoryBudget;
import dev.cloudmap.registry.api.http.RegistryProofHandler;
import dev.cloudmap.registry.api.http.RequestBodyAggregator;
import dev.cloudmap.registry.api.http.ResponseWriter;
import dev.cloudmap.registry.api.operation.ApiDispatcher;
import dev.cloudmap.registry.api.operation.RateLimiter;
import dev.cloudmap.registry.api.signature.SignatureVerifier;
import dev.cloudmap.registry.api.source.HostRules;
import dev.cloudmap.registry.api.watch.WatchLimits;
import dev.cloudmap.registry.api.watch.Watchers;
import dev.cloudmap.registry.health.HealthReports;
import dev.cloudmap.registry.net.RequestTimeoutHandler;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.time.Scheduler;

/**
 * The HTTP server of the API.
 */
public final class ApiServer implements AutoCloseable {

	/** In bytes. */
	private static final int MAX_REQUEST_LINE = 4096;

	/** In bytes, for all headers together. */
	private static final int MAX_HEADERS = 16 * 1024;

	private static final int MAX_CHUNK = 8192;

	private static final int MAX_CONNECTIONS = 1024;

	/** Longer than the longest wait of a query for changes. */
	private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

	private static final TcpServer.Limits LIMITS = new TcpServer.Limits(MAX_CONNECTIONS, IDLE_TIMEOUT, REQUEST_TIMEOUT);

	private final TcpServer server;

	private volatile int dnsPort;

	private volatile Supplier<Map<String, Object>> statistics = Map::of;

	ApiServer(EventLoopGroup group, InetSocketAddress address, TcpServer.Limits limits, LookupView view,
			ApiDispatcher dispatcher, Watchers watchers, SignatureVerifier verifier, HostRules hosts,
			List<Endpoint> further) throws IOException {
		MemoryBudget budget = MemoryBudget.ofHeap();
		List<Endpoint> endpoints = new ArrayList<>(further);
		if (view.mode() == RegistryMode.EXTENDED) {
			endpoints.add(new StatisticsEndpoint(StatisticsEndpoint.PATH, () -> this.statistics.get()));
			endpoints.add(new StatisticsEndpoint(StatisticsEndpoint.PRESENCE_PATH, () -> presence(view, watchers)));
		}
		ResponseWriter writer = new ResponseWriter(view);
		this.server = new TcpServer(group, address, limits, (pipeline) -> {
			HttpDecoderConfig config = new HttpDecoderConfig().setMaxInitialLineLength(MAX_REQUEST_LINE)
				.setMaxHeaderSize(MAX_HEADERS)
				.setMaxChunkSize(MAX_CHUNK);
			pipeline.addLast(new HttpServerCodec(config))
				.addLast(new FlowControlHandler())
				.addLast(new HostCheckHandler(hosts, writer))
				.addLast(new RequestBodyAggregator(writer, budget))
				.addLast(RequestTimeoutHandler.requestArrived());
			if (verifier.credentials().areRequired()) {
				pipeline.addLast(new RegistryProofHandler(verifier.credentials()));
			}
			pipeline.addLast(new RequestHandler(verifier, dispatcher, watchers, writer, endpoints, budget,
					(local) -> RegistryIdentity.of(local, this.dnsPort, view.mode())));
		});
	}

	/**
	 * Binds the server. Requests wait until {@link #serve(int, Supplier)}.
	 * @param group the event loops
	 * @param address the address; port 0 selects a free port
	 * @param state the content of the registry
	 * @param view the content that lookups see
	 * @param health processes reports of health
	 * @param scheduler returns the current time
	 * @param settings the settings of the API
	 * @return the server
	 * @throws IOException if the address cannot be bound
	 */
	public static ApiServer bind(EventLoopGroup group, InetSocketAddress address, RegistryState state, LookupView view,
			HealthReports health, Scheduler scheduler, ApiSettings settings) throws IOException {
		return new ApiServer(group, address, LIMITS, view,
				new ApiDispatcher(state, view, health, scheduler, new RateLimiter(scheduler, settings.emulation())),
				new Watchers(view, scheduler, WatchLimits.DEFAULT),
				new SignatureVerifier(settings.credentials(), scheduler), new HostRules(settings.hosts()),
				List.of(new EmulationEndpoint(settings.emulation(), settings.emulationChange()),
						new HostedZoneEndpoint(state::snapshot)));
	}

	private static Map<String, Object> presence(LookupView view, Watchers watchers) {
		int instances = view.snapshot().services().stream().mapToInt((service) -> service.instances().size()).sum();
		return Map.of("instances", instances, "watchers", watchers.count());
	}

	/**
	 * Starts to process requests.
	 * @param portOfDns the port of the DNS server
	 * @param currentStatistics returns the members of the statistics
	 */
	public void serve(int portOfDns, Supplier<Map<String, Object>> currentStatistics) {
		this.dnsPort = portOfDns;
		this.statistics = currentStatistics;
		this.server.open();
	}

	/**
	 * Returns the address with the actual port.
	 * @return the address
	 */
	public InetSocketAddress address() {
		return this.server.address();
	}

	/**
	 * Returns whether the server listens on its port.
	 * @return whether the server listens on its port
	 */
	public boolean isListening() {
		return this.server.isListening();
	}

	@Override
	public void close() {
		this.server.close();
	}

}
