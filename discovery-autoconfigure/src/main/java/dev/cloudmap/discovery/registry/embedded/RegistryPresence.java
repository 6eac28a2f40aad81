package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

import dev.cloudmap.discovery.registry.ShortExchange;
import dev.cloudmap.discovery.registry.SmallJson;

/**
 * How many instances and watchers an embedded registry has.
 *
 * @param instances the number of instances that are registered, of all services
 * @param watchers the number of streams of changes that are open, of all applications
 */
record RegistryPresence(int instances, int watchers) {

	static final String PATH = "/discovery-registry/presence";

	private static final int OK = 200;

	/**
	 * Asks a registry.
	 * @param uri where to ask
	 * @param headers the headers of the request
	 * @return the answer; empty where the registry gives none, as an older one
	 */
	static Optional<RegistryPresence> at(URI uri, Map<String, String> headers) {
		try {
			ShortExchange.Answer answer = ShortExchange.get(uri, headers, RegistryProbe.LIMITS);
			return (answer.status() == OK) ? parse(answer.body()) : Optional.empty();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private static Optional<RegistryPresence> parse(String body) {
		Map<String, Object> members = SmallJson.parse(body);
		return (members.get("instances") instanceof Number instances
				&& members.get("watchers") instanceof Number watchers)
						? Optional.of(new RegistryPresence(instances.intValue(), watchers.intValue()))
						: Optional.empty();
	}

}
