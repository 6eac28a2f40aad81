package dev.cloudmap.registry.crash;

import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;

/**
 * Creates and deletes namespaces. The state is the description.
 */
final class NamespaceActor extends ModelledActor<String> {

	private final String name;

	private int created;

	NamespaceActor(String name) {
		this.name = name + ".";
	}

	@Override
	Write<String> next(Random random) {
		String last = this.name + (this.created - 1);
		if (acknowledged(last) != null && random.nextBoolean()) {
			return new Write<>(last, null,
					(client) -> client.deleteNamespace((request) -> request.id(find(client, last).id())));
		}
		String next = this.name + this.created++;
		String description = "x".repeat(1 + random.nextInt(500));
		return new Write<>(next, description,
				(client) -> client.createHttpNamespace((request) -> request.name(next).description(description)));
	}

	private static NamespaceSummary find(ServiceDiscoveryClient client, String name) {
		return client.listNamespacesPaginator()
			.stream()
			.flatMap((page) -> page.namespaces().stream())
			.filter((namespace) -> namespace.name().equals(name))
			.findAny()
			.orElseThrow();
	}

	@Override
	Map<String, String> read(ServiceDiscoveryClient client, Collection<String> keys) {
		Map<String, String> found = new TreeMap<>();
		client.listNamespacesPaginator()
			.stream()
			.flatMap((page) -> page.namespaces().stream())
			.filter((namespace) -> namespace.name().startsWith(this.name))
			.forEach((namespace) -> found.put(namespace.name(), namespace.description()));
		return found;
	}

}
