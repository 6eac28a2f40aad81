package dev.cloudmap.registry.crash;

import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

/**
 * Sets, changes and removes attributes of a service. The state is the value.
 */
final class ServiceAttributeActor extends ModelledActor<String> {

	private static final int ATTRIBUTES = 10;

	private final String name;

	private String serviceId;

	ServiceAttributeActor(String name) {
		this.name = name;
	}

	@Override
	public void prepare(ServiceDiscoveryClient client) {
		String namespaceId = Actor.createNamespace(client, this.name);
		this.serviceId = client.createService((request) -> request.name("worker").namespaceId(namespaceId))
			.service()
			.id();
	}

	@Override
	Write<String> next(Random random) {
		String key = "attribute-" + random.nextInt(ATTRIBUTES);
		if (acknowledged(key) != null && random.nextInt(3) == 0) {
			return new Write<>(key, null, (client) -> client
				.deleteServiceAttributes((request) -> request.serviceId(this.serviceId).attributes(key)));
		}
		String value = Integer.toHexString(random.nextInt());
		return new Write<>(key, value, (client) -> client
			.updateServiceAttributes((request) -> request.serviceId(this.serviceId).attributes(Map.of(key, value))));
	}

	@Override
	Map<String, String> read(ServiceDiscoveryClient client, Collection<String> keys) {
		return new TreeMap<>(client.getServiceAttributes((request) -> request.serviceId(this.serviceId))
			.serviceAttributes()
			.attributes());
	}

}
