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
 * Namespaces, services and instances with default values for most components.
 */
public final class Samples {

	private Samples() {
	}

	/**
	 * Returns a command that creates an HTTP namespace.
	 */
	public static CreateNamespace createNamespace(String id, String name) {
		return createNamespace(id, name, NamespaceType.HTTP);
	}

	/**
	 * Returns a command that creates a namespace.
	 */
	public static CreateNamespace createNamespace(String id, String name, NamespaceType type) {
		return new CreateNamespace(id, "arn", name, type, null, null, 5, Instant.EPOCH, null, Tags.NONE);
	}

	/**
	 * Returns the HTTP namespace {@code ns-1}.
	 */
	public static Namespace namespace() {
		return new Namespace("ns-1", "arn", "corp", NamespaceType.HTTP, "corp", "some description", null, 5,
				Instant.EPOCH, null, "operation", Tags.NONE);
	}

	/**
	 * Returns a command that creates a service with the records of its namespace type.
	 */
	public static CreateService createService(Service service) {
		return new CreateService(service, CreateService.Kind.BY_NAMESPACE);
	}

	/**
	 * Returns a service of the namespace {@code ns-1} without records and checks.
	 */
	public static Service service(String id) {
		return service(id, null, null, null);
	}

	/**
	 * Returns a service of the namespace {@code ns-1}.
	 */
	public static Service service(String id, DnsRecordSettings dns, HealthCheck check, CustomHealthCheck custom) {
		return service(id, "ns-1", id, dns, check, custom);
	}

	/**
	 * Returns a service of any namespace.
	 */
	public static Service service(String id, String namespaceId, String name, DnsRecordSettings dns, HealthCheck check,
			CustomHealthCheck custom) {
		return new Service(id, "arn", namespaceId, name, null, dns, check, custom, Instant.EPOCH, null, Map.of(),
				Tags.NONE);
	}

	/**
	 * Returns a healthy instance without a lease.
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
