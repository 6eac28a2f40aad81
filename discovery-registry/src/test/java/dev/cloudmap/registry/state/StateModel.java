package dev.cloudmap.registry.state;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;

/**
 * A simple model of the expected content of a state.
 */
final class StateModel {

	/** The effect of a change on the revision of the instances of a service. */
	enum Effect {

		REFUSED, NOTHING, HEALTH, SETTINGS, CONTENT

	}

	private final Map<String, ModelNamespace> namespaces = new LinkedHashMap<>();

	private final Map<String, ModelService> services = new LinkedHashMap<>();

	private int numbers;

	/**
	 * Returns an unused number.
	 */
	int nextNumber() {
		return this.numbers++;
	}

	Effect createNamespace(String id, String name, NamespaceType type) {
		String key = type.isDns() ? name.toLowerCase(Locale.ROOT) : name;
		boolean exists = this.namespaces.values()
			.stream()
			.anyMatch((other) -> other.type() == type && other.key().equals(key));
		if (exists) {
			return Effect.REFUSED;
		}
		this.namespaces.put(id, new ModelNamespace(name, key, type, null));
		return Effect.CONTENT;
	}

	Effect createService(String id, String namespaceId, String name, boolean customHealth) {
		ModelNamespace namespace = this.namespaces.get(namespaceId);
		if (namespace == null) {
			return Effect.REFUSED;
		}
		String key = namespace.type().isDns() ? name.toLowerCase(Locale.ROOT) : name;
		boolean exists = this.services.values()
			.stream()
			.anyMatch((other) -> other.namespaceId.equals(namespaceId) && other.key.equals(key));
		if (exists) {
			return Effect.REFUSED;
		}
		this.services.put(id, new ModelService(namespaceId, key, customHealth));
		return Effect.CONTENT;
	}

	Effect deleteNamespace(String id) {
		boolean occupied = this.services.values().stream().anyMatch((service) -> service.namespaceId.equals(id));
		return (!occupied && this.namespaces.remove(id) != null) ? Effect.CONTENT : Effect.REFUSED;
	}

	Effect deleteService(String id) {
		ModelService service = this.services.get(id);
		if (service == null || !service.instances.isEmpty()) {
			return Effect.REFUSED;
		}
		this.services.remove(id);
		return Effect.CONTENT;
	}

	Effect describe(String namespaceId, String description) {
		ModelNamespace namespace = this.namespaces.get(namespaceId);
		if (namespace == null) {
			return Effect.REFUSED;
		}
		this.namespaces.put(namespaceId,
				new ModelNamespace(namespace.name(), namespace.key(), namespace.type(), description));
		return Effect.SETTINGS;
	}

	Effect tag(String serviceId, Map<String, String> tags) {
		ModelService service = this.services.get(serviceId);
		if (service == null) {
			return Effect.REFUSED;
		}
		Map<String, String> before = new TreeMap<>(service.tags);
		service.tags.putAll(tags);
		return service.tags.equals(before) ? Effect.NOTHING : Effect.SETTINGS;
	}

	Effect register(String serviceId, String instanceId, Map<String, String> attributes) {
		ModelService service = this.services.get(serviceId);
		String initial = attributes.get("AWS_INIT_HEALTH_STATUS");
		if (service == null || (initial != null && !service.customHealth)) {
			return Effect.REFUSED;
		}
		String health = service.customHealth ? ((initial != null) ? initial : "HEALTHY") : "UNKNOWN";
		service.instances.put(instanceId, new ModelInstance(attributes, health, false));
		return Effect.CONTENT;
	}

	Effect deregister(String serviceId, String instanceId) {
		ModelService service = this.services.get(serviceId);
		return (service != null && service.instances.remove(instanceId) != null) ? Effect.CONTENT : Effect.REFUSED;
	}

	Effect changeHealth(String serviceId, String instanceId, ChangeHealth.Verdict verdict, boolean outdated) {
		ModelService service = this.services.get(serviceId);
		ModelInstance now = (service != null) ? service.instances.get(instanceId) : null;
		if (now == null || outdated) {
			// The state rejects an unknown service but ignores an unknown instance.
			return (service != null) ? Effect.NOTHING : Effect.REFUSED;
		}
		if (verdict == ChangeHealth.Verdict.EXPIRED) {
			service.instances.remove(instanceId);
			return Effect.CONTENT;
		}
		ModelInstance after = switch (verdict) {
			case HEALTHY, UNHEALTHY -> new ModelInstance(now.attributes(), verdict.name(), now.lapsed());
			case LAPSED -> new ModelInstance(now.attributes(), now.reported(), true);
			case RENEWED -> new ModelInstance(now.attributes(), "HEALTHY", false);
			case EXPIRED -> throw new IllegalStateException("Handled above.");
		};
		service.instances.put(instanceId, after);
		return after.equals(now) ? Effect.NOTHING : Effect.HEALTH;
	}

	List<String> namespaceIds() {
		return new ArrayList<>(this.namespaces.keySet());
	}

	List<String> serviceIds() {
		return new ArrayList<>(this.services.keySet());
	}

	/**
	 * Describes the content, for comparison with {@link #tell(Snapshot)}.
	 */
	String tell() {
		Map<String, String> all = new TreeMap<>();
		this.namespaces.forEach((id, namespace) -> all.put(id,
				namespace.type() + " " + namespace.name() + " " + namespace.description()));
		this.services.forEach((id, service) -> {
			all.put(id, service.namespaceId + " " + service.key + " " + service.instances.size() + service.tags);
			service.instances.forEach((instance, state) -> all.put(id + " " + instance,
					new TreeMap<>(state.attributes()) + (state.lapsed() ? " UNHEALTHY" : " " + state.reported())));
		});
		return all.toString();
	}

	static String tell(RegistrySnapshot snapshot) {
		Map<String, String> all = new TreeMap<>();
		snapshot.namespaces()
			.forEach((namespace) -> all.put(namespace.id(),
					namespace.type() + " " + namespace.name() + " " + namespace.description()));
		snapshot.services().forEach((state) -> {
			Service service = state.service();
			all.put(service.id(),
					service.namespaceId() + " " + snapshot.namespace(service.namespaceId()).type().key(service.name())
							+ " " + state.instances().size() + new TreeMap<>(service.tags().values()));
			state.instances()
				.forEach((id, instance) -> all.put(service.id() + " " + id,
						new TreeMap<>(instance.attributes()) + " " + instance.health()));
		});
		return all.toString();
	}

	private record ModelNamespace(String name, String key, NamespaceType type, String description) {

	}

	private static final class ModelService {

		private final String namespaceId;

		private final String key;

		private final boolean customHealth;

		private final Map<String, ModelInstance> instances = new TreeMap<>();

		private final Map<String, String> tags = new TreeMap<>();

		private ModelService(String namespaceId, String key, boolean customHealth) {
			this.namespaceId = namespaceId;
			this.key = key;
			this.customHealth = customHealth;
		}

	}

	private record ModelInstance(Map<String, String> attributes, String reported, boolean lapsed) {

	}

}
