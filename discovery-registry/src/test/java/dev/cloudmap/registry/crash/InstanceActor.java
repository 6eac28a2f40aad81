package dev.cloudmap.registry.crash;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Registers instances, registers them again, changes their health and deregisters them.
 */
final class InstanceActor extends ModelledActor<InstanceActor.State> {

	private static final int INSTANCES = 6;

	private final String name;

	private String serviceId;

	private int writes;

	InstanceActor(String name) {
		this.name = name;
	}

	@Override
	public void prepare(ServiceDiscoveryClient client) {
		String namespaceId = Actor.createNamespace(client, this.name);
		this.serviceId = client
			.createService((request) -> request.name("worker")
				.namespaceId(namespaceId)
				.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build()))
			.service()
			.id();
	}

	@Override
	Write<State> next(Random random) {
		String id = "i-" + random.nextInt(INSTANCES);
		State now = acknowledged(id);
		int choice = random.nextInt(10);
		if (now != null && choice < 2) {
			return new Write<>(id, null, (client) -> client
				.deregisterInstance((request) -> request.serviceId(this.serviceId).instanceId(id)));
		}
		if (now != null && choice < 5) {
			CustomHealthStatus health = now.health().equals("HEALTHY") ? CustomHealthStatus.UNHEALTHY
					: CustomHealthStatus.HEALTHY;
			return new Write<>(id, new State(now.attributes(), health.toString()),
					(client) -> client.updateInstanceCustomHealthStatus(
							(request) -> request.serviceId(this.serviceId).instanceId(id).status(health)));
		}
		Map<String, String> attributes = attributes(random);
		return new Write<>(id, new State(attributes, attributes.getOrDefault("AWS_INIT_HEALTH_STATUS", "HEALTHY")),
				(client) -> client.registerInstance(
						(request) -> request.serviceId(this.serviceId).instanceId(id).attributes(attributes)));
	}

	/**
	 * Values of very different sizes, so that a write takes one or several blocks.
	 */
	private Map<String, String> attributes(Random random) {
		Map<String, String> attributes = new HashMap<>();
		attributes.put("write", Integer.toString(this.writes++));
		for (int i = random.nextInt(5); i > 0; i--) {
			attributes.put("attribute-" + i, "x".repeat(random.nextInt(1000)));
		}
		if (random.nextInt(4) == 0) {
			attributes.put("AWS_INIT_HEALTH_STATUS", "UNHEALTHY");
		}
		return attributes;
	}

	@Override
	Map<String, State> read(ServiceDiscoveryClient client, Collection<String> keys) {
		Map<String, State> found = new TreeMap<>();
		client
			.discoverInstances((request) -> request.namespaceName(this.name)
				.serviceName("worker")
				.healthStatus(HealthStatusFilter.ALL))
			.instances()
			.forEach((instance) -> found.put(instance.instanceId(),
					new State(instance.attributes(), instance.healthStatusAsString())));
		Map<String, Map<String, String>> listed = new TreeMap<>();
		client.listInstances((request) -> request.serviceId(this.serviceId))
			.instances()
			.forEach((instance) -> listed.put(instance.id(), instance.attributes()));
		assertThat(listed.keySet()).isEqualTo(found.keySet());
		found.forEach((id, state) -> {
			assertThat(listed.get(id)).isEqualTo(state.attributes());
			assertThat(client.getInstance((request) -> request.serviceId(this.serviceId).instanceId(id))
				.instance()
				.attributes()).isEqualTo(state.attributes());
		});
		return found;
	}

	/**
	 * The observable state of an instance.
	 */
	record State(Map<String, String> attributes, String health) {

	}

}
