package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.net.TcpServer;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The API's server with limits of a test's choice, to be watched over real connections.
 */
final class WatchedRegistry implements AutoCloseable {

	static final Duration LONG = BareApi.LONG;

	private static final JsonMapper mapper = JsonMapper.shared();

	private final HttpClient client = HttpClient.newHttpClient();

	private final BareApi api;

	private WatchedRegistry(WatchLimits limits, Duration idle, Emulation emulation) throws IOException {
		this.api = new BareApi(2, Journal.NONE, () -> emulation, new TcpServer.Limits(1024, idle, LONG), limits);
	}

	static WatchedRegistry start() throws IOException {
		return start(WatchLimits.DEFAULT, LONG, Emulation.NONE);
	}

	static WatchedRegistry start(WatchLimits limits) throws IOException {
		return start(limits, LONG, Emulation.NONE);
	}

	static WatchedRegistry start(WatchLimits limits, Duration idle, Emulation emulation) throws IOException {
		return new WatchedRegistry(limits, idle, emulation);
	}

	InetSocketAddress address() {
		return this.api.address();
	}

	URI uri(String path) {
		return this.api.uri(path);
	}

	HttpClient client() {
		return this.client;
	}

	ManualScheduler scheduler() {
		return this.api.scheduler();
	}

	RegistryState state() {
		return this.api.state();
	}

	Watchers watchers() {
		return this.api.watchers();
	}

	EventStream watch(String query, String... headers) throws IOException {
		return watch(0, query, headers);
	}

	EventStream watch(int receiveBuffer, String query, String... headers) throws IOException {
		return EventStream.open(address(), receiveBuffer, "GET /watch?" + query + " HTTP/1.1\r\nHost: localhost\r\n"
				+ String.join("", List.of(headers).stream().map((header) -> header + "\r\n").toList()) + "\r\n");
	}

	JsonNode call(String operation, Map<String, ?> body) throws Exception {
		HttpResponse<String> response = this.client.send(this.api.request(operation, mapper.writeValueAsString(body)),
				BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return response.body().isEmpty() ? mapper.createObjectNode() : mapper.readTree(response.body());
	}

	Namespace namespace(String name) throws Exception {
		call("CreateHttpNamespace", Map.of("Name", name));
		Namespace namespace = state().snapshot().findNamespaceByHttpName(name);
		assertThat(namespace).isNotNull();
		return namespace;
	}

	Service service(Namespace namespace, String name) throws Exception {
		String id = call("CreateService",
				Map.of("Name", name, "NamespaceId", namespace.id(), "HealthCheckCustomConfig", Map.of()))
			.get("Service")
			.get("Id")
			.asString();
		return state().snapshot().service(id).service();
	}

	/**
	 * Registers past the API, which is faster.
	 */
	void register(Service service, String instance) {
		state().submit(new RegisterInstance(new InstanceReference(service.id(), instance), Map.of(), null)).join();
	}

	/**
	 * Tells watchers of a change that nothing has made.
	 */
	void tell(Change... changes) {
		watchers().changes().changed(this.api.view().snapshot(), List.of(changes));
	}

	long nextRevision() {
		return state().snapshot().revision() + 1;
	}

	@Override
	public void close() {
		this.api.close();
	}

}
