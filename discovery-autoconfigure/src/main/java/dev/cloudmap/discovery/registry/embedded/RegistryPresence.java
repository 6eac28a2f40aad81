package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;

/**
 * How many instances and watchers an embedded registry has.
 *
 * @param instances the number of instances that are registered, of all services
 * @param watchers the number of streams of changes that are open, of all applications
 */
record RegistryPresence(int instances, int watchers) {

	private static final String PATH = "/discovery-registry/presence";

	private static final int OK = 200;

	private static final Duration TIMEOUT = Duration.ofMillis(500);

	/**
	 * Asks a registry.
	 * @param endpoint the registry's API
	 * @return the answer; empty where the registry gives none, as an older one
	 */
	static Optional<RegistryPresence> at(URI endpoint) {
		HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.proxy(HttpClient.Builder.NO_PROXY)
			.connectTimeout(TIMEOUT)
			.build();
		try {
			HttpResponse<String> response = client.send(
					HttpRequest.newBuilder(endpoint.resolve(PATH)).timeout(TIMEOUT).build(),
					HttpResponse.BodyHandlers.ofString());
			return (response.statusCode() == OK) ? parse(response.body()) : Optional.empty();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Optional.empty();
		}
	}

	private static Optional<RegistryPresence> parse(String body) {
		try {
			Map<String, Object> members = JsonParserFactory.getJsonParser().parseMap(body);
			return (members.get("instances") instanceof Number instances
					&& members.get("watchers") instanceof Number watchers)
							? Optional.of(new RegistryPresence(instances.intValue(), watchers.intValue()))
							: Optional.empty();
		}
		catch (JsonParseException ex) {
			return Optional.empty();
		}
	}

}
