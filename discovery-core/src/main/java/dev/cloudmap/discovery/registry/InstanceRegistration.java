package dev.cloudmap.discovery.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

/**
 * An instance to register, with the definition of its service in case the service is
 * created.
 *
 * @param service the service
 * @param instanceId the instance's id, unique within the service
 * @param addresses the IP address, or an IPv4 and an IPv6 address, IPv6 without brackets;
 * not empty
 * @param port the port, 1 to 65535; empty if the instance has none
 * @param attributes further attributes for callers
 * @param definition the definition of the service, with the records that match the
 * addresses and the port
 */
public record InstanceRegistration(ServiceName service, String instanceId, List<String> addresses, OptionalInt port,
		Map<String, String> attributes, ServiceDefinition definition) {

	private static final int MAX_PORT = 65_535;

	/**
	 * Validates the instance's id, addresses and port.
	 * @throws InvalidNameException if the id is not one (Cloud Map API reference,
	 * {@code InstanceId})
	 * @throws IllegalArgumentException if there is no address, more than one of a family,
	 * or the port out of range
	 */
	public InstanceRegistration {
		if (!InstanceId.isValid(instanceId)) {
			throw new InvalidNameException("instance id", instanceId, InstanceId.EXPECTED,
					"discovery.registration.instance-id");
		}
		if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > MAX_PORT)) {
			throw new IllegalArgumentException(
					"Instance " + instanceId + " has port " + port.getAsInt() + ", expected 1 to " + MAX_PORT);
		}
		addresses = List.copyOf(addresses);
		Set<RecordType> records = addresses.stream().map(InstanceRegistration::record).collect(Collectors.toSet());
		if (addresses.isEmpty() || records.size() < addresses.size()) {
			throw new IllegalArgumentException("Instance " + instanceId + " has addresses " + addresses
					+ ", expected one, or an IPv4 and an IPv6 address");
		}
		attributes = Map.copyOf(attributes);
		definition = definition.fitting(records, port);
	}

	/**
	 * An instance with one address and a port.
	 */
	public InstanceRegistration(ServiceName service, String instanceId, String address, int port,
			Map<String, String> attributes, ServiceDefinition definition) {
		this(service, instanceId, List.of(address), OptionalInt.of(port), attributes, definition);
	}

	/**
	 * Returns this instance with an initial health.
	 * @param health {@code HEALTHY} or {@code UNHEALTHY}
	 */
	public InstanceRegistration initially(HealthStatus health) {
		Map<String, String> all = new LinkedHashMap<>(this.attributes);
		all.put(InstanceAttributes.INIT_HEALTH_STATUS, health.name());
		return with(all);
	}

	/**
	 * Returns this instance with another id.
	 * @param id the id
	 */
	public InstanceRegistration withId(String id) {
		return new InstanceRegistration(this.service, id, this.addresses, this.port, this.attributes, this.definition);
	}

	/**
	 * Returns this instance with other attributes.
	 * @param attributes the attributes
	 */
	public InstanceRegistration with(Map<String, String> attributes) {
		return new InstanceRegistration(this.service, this.instanceId, this.addresses, this.port, attributes,
				this.definition);
	}

	/**
	 * Returns the address; the first if there are two.
	 */
	public String address() {
		return this.addresses.get(0);
	}

	/**
	 * Whether the first address is an IPv6 address.
	 */
	public boolean isIpv6() {
		return record(address()) == RecordType.AAAA;
	}

	/**
	 * Returns all attributes to register, including addresses and port.
	 */
	public Map<String, String> allAttributes() {
		Map<String, String> all = new LinkedHashMap<>(this.attributes);
		this.addresses.forEach((address) -> all
			.put((record(address) == RecordType.AAAA) ? InstanceAttributes.IPV6 : InstanceAttributes.IPV4, address));
		this.port.ifPresent((port) -> all.put(InstanceAttributes.PORT, Integer.toString(port)));
		return all;
	}

	private static RecordType record(String address) {
		return (address.indexOf(':') >= 0) ? RecordType.AAAA : RecordType.A;
	}

}
