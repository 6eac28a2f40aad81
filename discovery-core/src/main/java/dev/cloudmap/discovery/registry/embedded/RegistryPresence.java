package dev.cloudmap.discovery.registry.embedded;

import java.util.Map;
import java.util.Optional;

import dev.cloudmap.discovery.registry.JsonObjects;

/**
 * The numbers of instances and watchers of an embedded registry.
 *
 * @param instances the number of instances that are registered, of all services
 * @param watchers the number of connections that watch for changes, of all applications
 */
record RegistryPresence(int instances, int watchers) {

	static final String PATH = "/discovery-registry/presence";

	/**
	 * Reads the body of an answer.
	 * @param body the body, which is not trusted
	 * @return the numbers; empty if the body does not contain them
	 */
	static Optional<RegistryPresence> parse(String body) {
		Map<String, Object> members = JsonObjects.parse(body);
		return (members.get("instances") instanceof Number instances
				&& members.get("watchers") instanceof Number watchers)
						? Optional.of(new RegistryPresence(instances.intValue(), watchers.intValue()))
						: Optional.empty();
	}

}
