package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.api.watch.WatchLimits;
import dev.cloudmap.registry.api.watch.Watchers;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An API server with configurable limits, watched over real connections.
 */
final class WatchedRegistry implements AutoCloseable {

	private static final JsonMapper mapper = JsonMapper.shared();

	private final HttpClient client = HttpClient.newHttpClient();

	private final BareApi api;

	private WatchedRegistry(WatchLimits limits, Emulation emulation) throws IOException {
		this.api = new BareApi(2, Journal.NONE, () -> emulation, BareApi.PATIENT, limits);
	}

	static WatchedRegistry start() throws IOException {
		return start(WatchLimits.DEFAULT, Emulation.NONE);
	}

	static WatchedRegistry start(WatchLimits limits, Emulation emulation) throws IOException {
		return new WatchedRegistry(limits, emulation);
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

	/**
	 * Sends a query on a new connection.
	 */
	RawConnection watch(String query) throws IOException {
		return new RawConnection(address()).send(RawConnection.get("/watch?" + query));
	}

	/**
	 * Sends a query on a new connection, and reads the answer.
	 */
	RawConnection.Response answer(String query) throws IOException {
		try (RawConnection connection = watch(query)) {
			return connection.read();
		}
	}

	/**
	 * Waits until the given number of connections watch.
	 */
	void awaitWatchers(int count) {
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(watchers().count()).isEqualTo(count));
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
	 * Registers without the API, because that is faster.
	 */
	void register(Service service, String instance) {
		state().submit(new RegisterInstance(new InstanceReference(service.id(), instance), Map.of(), null)).join();
	}

	long revision() {
		return state().snapshot().revision();
	}

	@Override
	public void close() {
		this.api.close();
	}

}
