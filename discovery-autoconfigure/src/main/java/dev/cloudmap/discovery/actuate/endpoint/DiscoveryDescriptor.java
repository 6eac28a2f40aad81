package dev.cloudmap.discovery.actuate.endpoint;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The content of the endpoint {@code discovery}.
 *
 * @param registry the registry and why it is used
 * @param registration the registration of this application
 * @param services the watched services by full name
 * @param calls the calls of the registry's API
 */
public record DiscoveryDescriptor(RegistryDescriptor registry, RegistrationDescriptor registration,
		Map<String, ServiceDescriptor> services, CallsDescriptor calls) implements OperationResponseBody {

	/**
	 * The registry.
	 *
	 * @param type the type of registry, a value of {@code discovery.registry}
	 * @param namespace the default namespace
	 * @param location a URL or a region
	 * @param role {@code host} or {@code member}; null if there are no roles
	 * @param capabilities the capabilities beyond Cloud Map's API
	 * @param reason why this registry is used
	 */
	public record RegistryDescriptor(String type, String namespace, String location, @Nullable String role,
			List<String> capabilities, String reason) {
	}

}
