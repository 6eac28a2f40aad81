package dev.cloudmap.registry.crash;

import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

/**
 * Creates and deletes services. The state is the description.
 */
final class ServiceActor extends ModelledActor<String> {

	private final String name;

	private String namespaceId;

	private int created;

	ServiceActor(String name) {
		this.name = name;
	}

	@Override
	public void prepare(ServiceDiscoveryClient client) {
		this.namespaceId = Actor.createNamespace(client, this.name);
	}

	@Override
	Write<String> next(Random random) {
		String last = "service-" + (this.created - 1);
		if (acknowledged(last) != null && random.nextBoolean()) {
			return new Write<>(last, null,
					(client) -> client.deleteService((request) -> request.id(find(client, last).id())));
		}
		String next = "service-" + this.created++;
		String description = "x".repeat(1 + random.nextInt(500));
		return new Write<>(next, description, (client) -> client
			.createService((request) -> request.name(next).namespaceId(this.namespaceId).description(description)));
	}

	private ServiceSummary find(ServiceDiscoveryClient client, String wanted) {
		return list(client).stream().filter((service) -> service.name().equals(wanted)).findAny().orElseThrow();
	}

	private Collection<ServiceSummary> list(ServiceDiscoveryClient client) {
		return client
			.listServicesPaginator((request) -> request
				.filters(ServiceFilter.builder().name(ServiceFilterName.NAMESPACE_ID).values(this.namespaceId).build()))
			.stream()
			.flatMap((page) -> page.services().stream())
			.toList();
	}

	@Override
	Map<String, String> read(ServiceDiscoveryClient client, Collection<String> keys) {
		Map<String, String> found = new TreeMap<>();
		list(client).forEach((service) -> found.put(service.name(), service.description()));
		return found;
	}

}
