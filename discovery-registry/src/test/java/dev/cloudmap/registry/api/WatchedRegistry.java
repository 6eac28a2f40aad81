package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.HandTurnedTimeline;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.signature.SignatureVerifier;
import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.Change;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.Namespace;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.Realism;
import dev.cloudmap.registry.state.RegisterInstance;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Service;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The API's server with limits of a test's choice, to be watched over real connections.
 */
final class WatchedRegistry implements AutoCloseable {

	static final Duration LONG = Duration.ofMinutes(1);

	private static final JsonMapper mapper = JsonMapper.shared();

	private final HandTurnedTimeline timeline = new HandTurnedTimeline();

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	private final HttpClient client = HttpClient.newHttpClient();

	private final RegistryState state;

	private final Propagation propagation;

	private final Watchers watchers;

	private final ApiServer server;

	private WatchedRegistry(WatchLimits limits, Duration idle, Realism realism) throws IOException {
		this.state = new RegistryState(Journal.NONE, this.timeline, () -> realism);
		this.propagation = Propagation.of(this.state, () -> realism, this.timeline);
		this.watchers = Watchers.of(this.propagation, limits);
		InstanceHealth health = InstanceHealth.begin(this.state, this.timeline, () -> realism);
		this.server = ApiServer.bind(this.group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
				new TcpServer.Limits(1024, idle, LONG), this.propagation,
				new Dispatcher(this.state, this.propagation, health, this.timeline,
						new Throttle(this.timeline, () -> Realism.NONE)),
				this.watchers, new SignatureVerifier(Credentials.NONE, this.timeline),
				new RealismEndpoint(() -> Realism.NONE, null));
		this.server.serve(1);
	}

	static WatchedRegistry start() throws IOException {
		return start(WatchLimits.DEFAULT, LONG, Realism.NONE);
	}

	static WatchedRegistry start(WatchLimits limits) throws IOException {
		return start(limits, LONG, Realism.NONE);
	}

	static WatchedRegistry start(WatchLimits limits, Duration idle, Realism realism) throws IOException {
		return new WatchedRegistry(limits, idle, realism);
	}

	InetSocketAddress address() {
		return this.server.address();
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + address().getPort() + path);
	}

	HttpClient client() {
		return this.client;
	}

	HandTurnedTimeline timeline() {
		return this.timeline;
	}

	RegistryState state() {
		return this.state;
	}

	Watchers watchers() {
		return this.watchers;
	}

	EventStream watch(String query, String... headers) throws IOException {
		return watch(0, query, headers);
	}

	EventStream watch(int receiveBuffer, String query, String... headers) throws IOException {
		return EventStream.open(address(), receiveBuffer, "GET /watch?" + query + " HTTP/1.1\r\nHost: a\r\n"
				+ String.join("", List.of(headers).stream().map((header) -> header + "\r\n").toList()) + "\r\n");
	}

	JsonNode call(String operation, Map<String, ?> body) throws Exception {
		HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(uri("/"))
			.header("X-Amz-Target", "Route53AutoNaming_v20170314." + operation)
			.POST(BodyPublishers.ofString(mapper.writeValueAsString(body)))
			.build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return response.body().isEmpty() ? mapper.createObjectNode() : mapper.readTree(response.body());
	}

	Namespace namespace(String name) throws Exception {
		call("CreateHttpNamespace", Map.of("Name", name));
		Namespace namespace = this.state.snapshot().findNamespaceByHttpName(name);
		assertThat(namespace).isNotNull();
		return namespace;
	}

	Service service(Namespace namespace, String name) throws Exception {
		String id = call("CreateService",
				Map.of("Name", name, "NamespaceId", namespace.id(), "HealthCheckCustomConfig", Map.of()))
			.get("Service")
			.get("Id")
			.asString();
		return this.state.snapshot().service(id).service();
	}

	/**
	 * Registers past the API, which is faster.
	 */
	void register(Service service, String instance) {
		this.state.submit(new RegisterInstance(new InstanceKey(service.id(), instance), Map.of(), null)).join();
	}

	/**
	 * Tells watchers of a change that nothing has made.
	 */
	void tell(Change... changes) {
		this.watchers.changes().changed(this.propagation.snapshot(), List.of(changes));
	}

	long nextRevision() {
		return this.state.snapshot().revision() + 1;
	}

	@Override
	public void close() {
		this.server.close();
		this.state.close();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

}
