package dev.cloudmap.registry.state.rule;

import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;

/**
 * Validates the settings of a service.
 */
public final class ServiceRules {

	private ServiceRules() {
	}

	public static void checkHealth(Namespace namespace, Service service) {
		HealthCheck check = service.healthCheck();
		if (check == null) {
			return;
		}
		if (service.customHealth() != null) {
			throw RegistryException
				.invalid("A service has either a HealthCheckConfig or a HealthCheckCustomConfig, not both.");
		}
		if (namespace.type() == NamespaceType.DNS_PRIVATE) {
			throw RegistryException.invalid("HealthCheckConfig needs a public DNS or an HTTP namespace, but '%s' is a "
				.formatted(namespace.name()) + "private DNS namespace. Use HealthCheckCustomConfig instead.");
		}
		if (check.type() == HealthCheck.Type.TCP && check.resourcePath() != null) {
			throw RegistryException.invalid("A TCP health check has no ResourcePath, but it is '%s'. Leave it out."
				.formatted(check.resourcePath()));
		}
		if (service.hasRecords(RecordType.CNAME)) {
			throw RegistryException.invalid("A service with CNAME records cannot have a HealthCheckConfig.");
		}
	}

}
