package dev.cloudmap.discovery.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.ServiceName;

/**
 * What is registered: an instance, and how its service is made if it does not exist yet.
 *
 * @param service the service; never null
 * @param instanceId the instance's id, unique within the service; never null
 * @param address the IP address, IPv6 without brackets; never null
 * @param port the port, 1 to 65535
 * @param attributes what else callers are told; never null, immutable
 * @param definition how the service is made if it does not exist; never null
 */
public record InstanceRegistration(ServiceName service, String instanceId, String address, int port,
		Map<String, String> attributes, ServiceDefinition definition) {

	private static final Pattern INSTANCE_ID = Pattern.compile("[0-9a-zA-Z_/:.@-]{1,64}");

	/**
	 * Validates the instance's id.
	 * @throws InvalidNameException if the id is not one (Cloud Map API reference,
	 * {@code InstanceId})
	 */
	public InstanceRegistration {
		if (!INSTANCE_ID.matcher(instanceId).matches()) {
			throw new InvalidNameException("instance id", instanceId,
					"1 to 64 letters, digits and the characters _ / : . @ -", "discovery.registration.instance-id");
		}
		attributes = Map.copyOf(attributes);
	}

	/**
	 * The same instance, to begin with the given health.
	 * @param health {@code HEALTHY} or {@code UNHEALTHY}; not null
	 */
	public InstanceRegistration initially(HealthStatus health) {
		Map<String, String> all = new LinkedHashMap<>(this.attributes);
		all.put(InstanceAttributes.INIT_HEALTH_STATUS, health.name());
		return new InstanceRegistration(this.service, this.instanceId, this.address, this.port, all, this.definition);
	}

	/**
	 * The same under another id.
	 * @param id the id; not null
	 */
	public InstanceRegistration withId(String id) {
		return new InstanceRegistration(this.service, id, this.address, this.port, this.attributes, this.definition);
	}

	/**
	 * Whether the address is an IPv6 address.
	 */
	public boolean isIpv6() {
		return this.address.indexOf(':') >= 0;
	}

	/**
	 * All attributes as the registry takes them, address and port among them.
	 */
	public Map<String, String> allAttributes() {
		Map<String, String> all = new LinkedHashMap<>(this.attributes);
		all.put(isIpv6() ? InstanceAttributes.IPV6 : InstanceAttributes.IPV4, this.address);
		all.put(InstanceAttributes.PORT, Integer.toString(this.port));
		return all;
	}

}
