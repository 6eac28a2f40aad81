package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.Map;

import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;

/**
 * Namespaces, services and instances of which a test cares for a few components only.
 */
public final class Samples {

	private Samples() {
	}

	/**
	 * The creation of an HTTP namespace.
	 */
	public static CreateNamespace createNamespace(String id, String name) {
		return createNamespace(id, name, NamespaceType.HTTP);
	}

	/**
	 * The creation of a namespace.
	 */
	public static CreateNamespace createNamespace(String id, String name, NamespaceType type) {
		return new CreateNamespace(id, "arn", name, type, null, null, 5, Instant.EPOCH, null, Tags.NONE);
	}

	/**
	 * The HTTP namespace {@code ns-1}.
	 */
	public static Namespace namespace() {
		return new Namespace("ns-1", "arn", "corp", NamespaceType.HTTP, "corp", "some description", null, 5,
				Instant.EPOCH, null, "operation", Tags.NONE);
	}

	/**
	 * The creation of a service as its namespace has them.
	 */
	public static CreateService createService(Service service) {
		return new CreateService(service, CreateService.Kind.BY_NAMESPACE);
	}

	/**
	 * A service of the namespace {@code ns-1} without records and checks.
	 */
	public static Service service(String id) {
		return service(id, null, null, null);
	}

	/**
	 * A service of the namespace {@code ns-1}.
	 */
	public static Service service(String id, DnsRecordSettings dns, HealthCheck check, CustomHealthCheck custom) {
		return service(id, "ns-1", id, dns, check, custom);
	}

	/**
	 * A service of any namespace.
	 */
	public static Service service(String id, String namespaceId, String name, DnsRecordSettings dns, HealthCheck check,
			CustomHealthCheck custom) {
		return new Service(id, "arn", namespaceId, name, null, dns, check, custom, Instant.EPOCH, null, Map.of(),
				Tags.NONE);
	}

	/**
	 * A healthy instance without a lease.
	 */
	public static Instance instance(InstanceReference key, Map<String, String> attributes, long registration) {
		return new Instance(key, attributes, HealthStatus.HEALTHY, null, Instance.Standing.CURRENT, registration, null,
				null);
	}

	/**
	 * Adds a namespace and a service to a registry.
	 */
	public static void addService(RegistryState state, String id) {
		state.submit((transaction) -> {
			transaction.add(namespace());
			transaction.add(service(id));
			return "";
		}).join();
	}

}
