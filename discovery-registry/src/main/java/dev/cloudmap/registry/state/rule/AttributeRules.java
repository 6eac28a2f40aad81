package dev.cloudmap.registry.state.rule;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;

/**
 * Validates the attributes of an instance.
 */
public final class AttributeRules {

	static final int MAX_CUSTOM_ATTRIBUTES = 30;

	static final int MAX_CHARACTERS = 5000;

	private static final Duration MAX_LEASE = Duration.ofDays(365);

	private static final String INSTANCE_PREFIX = "AWS_INSTANCE_";

	private static final int MAX_PORT = 65_535;

	private static final int MAX_LEASE_DIGITS = 9;

	private static final Set<String> RESERVED = Set.of(AttributeNames.IPV4, AttributeNames.IPV6, AttributeNames.PORT,
			AttributeNames.CNAME, AttributeNames.INITIAL_HEALTH, AttributeNames.ALIAS, AttributeNames.EC2_INSTANCE_ID);

	private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");

	private static final Pattern IPV6_CHARACTERS = Pattern.compile("(?=.*:)[0-9a-fA-F:.]{2,45}");

	private static final Pattern DIGITS = Pattern.compile("\\d+");

	private AttributeRules() {
	}

	public static void check(Namespace namespace, Service service, Map<String, String> attributes) {
		checkSizes(attributes);
		checkValues(attributes);
		checkHealth(service, attributes);
		if (attributes.containsKey(AttributeNames.ALIAS)) {
			checkAlias(service, attributes);
		}
		else if (attributes.containsKey(AttributeNames.EC2_INSTANCE_ID)) {
			checkEc2Instance(namespace, attributes);
		}
		else {
			checkRecords(service, attributes);
			checkEndpoint(service, attributes);
		}
	}

	/**
	 * Returns the initial health of an instance. Route 53 "considers a new health check
	 * to be healthy until there's enough data to determine the actual status".
	 */
	public static HealthStatus initialHealth(Service service, Map<String, String> attributes) {
		if (service.healthCheck() != null) {
			return HealthStatus.HEALTHY;
		}
		if (service.customHealth() == null) {
			return HealthStatus.UNKNOWN;
		}
		return HealthStatus.valueOf(attributes.getOrDefault(AttributeNames.INITIAL_HEALTH, "HEALTHY"));
	}

	/**
	 * Returns the lease in the attributes, or null.
	 */
	public static @Nullable Duration lease(Map<String, String> attributes) {
		String value = attributes.get(AttributeNames.LEASE);
		if (value == null) {
			return null;
		}
		if (DIGITS.matcher(value).matches() && value.length() <= MAX_LEASE_DIGITS) {
			Duration lease = Duration.ofSeconds(Long.parseLong(value));
			if (lease.toSeconds() >= 1 && lease.compareTo(MAX_LEASE) <= 0) {
				return lease;
			}
		}
		throw RegistryException.invalid(("The attribute %s must be a whole number of seconds from 1 to %d, such as "
				+ "'30', but is '%s'. Leave it out for an instance that stays until it is deregistered.")
			.formatted(AttributeNames.LEASE, MAX_LEASE.toSeconds(), value));
	}

	private static void checkSizes(Map<String, String> attributes) {
		long custom = attributes.keySet().stream().filter((name) -> !RESERVED.contains(name)).count();
		if (custom > MAX_CUSTOM_ATTRIBUTES) {
			throw RegistryException.invalid("An instance can have at most %d custom attributes, but the request has %d."
				.formatted(MAX_CUSTOM_ATTRIBUTES, custom));
		}
		int characters = attributes.entrySet()
			.stream()
			.mapToInt((entry) -> entry.getKey().length() + entry.getValue().length())
			.sum();
		if (characters > MAX_CHARACTERS) {
			throw RegistryException
				.invalid("The keys and values of all attributes together can have at most %d characters, but have %d."
					.formatted(MAX_CHARACTERS, characters));
		}
	}

	private static void checkAlias(Service service, Map<String, String> attributes) {
		DnsRecordSettings dns = service.dns();
		if (dns == null || !(dns.has(RecordType.A) || dns.has(RecordType.AAAA)) || dns.has(RecordType.SRV)
				|| dns.routingPolicy() != RoutingPolicy.WEIGHTED) {
			throw RegistryException.invalid(
					"%s needs a service with A or AAAA records, or both, and the RoutingPolicy WEIGHTED. The service '%s' is not."
						.formatted(AttributeNames.ALIAS, service.name()));
		}
		for (String name : attributes.keySet()) {
			if (name.startsWith(INSTANCE_PREFIX)) {
				throw RegistryException.invalid("%s excludes %s* attributes, but the request has %s."
					.formatted(AttributeNames.ALIAS, INSTANCE_PREFIX, name));
			}
		}
	}

	private static void checkEc2Instance(Namespace namespace, Map<String, String> attributes) {
		if (namespace.type().isDns()) {
			throw RegistryException.invalid("%s is for HTTP namespaces only, but '%s' is a DNS namespace. Use %s."
				.formatted(AttributeNames.EC2_INSTANCE_ID, namespace.name(), AttributeNames.IPV4));
		}
		for (String name : attributes.keySet()) {
			if (!name.equals(AttributeNames.EC2_INSTANCE_ID) && !name.equals(AttributeNames.INITIAL_HEALTH)) {
				throw RegistryException.invalid("%s allows no other attribute than %s, but the request has %s."
					.formatted(AttributeNames.EC2_INSTANCE_ID, AttributeNames.INITIAL_HEALTH, name));
			}
		}
	}

	private static void checkValues(Map<String, String> attributes) {
		check(attributes, AttributeNames.IPV4, IPV4.asMatchPredicate(), "an IPv4 address such as '192.0.2.44'");
		check(attributes, AttributeNames.IPV6, AttributeRules::isIpv6, "an IPv6 address such as '2001:db8::44'");
		check(attributes, AttributeNames.PORT, AttributeRules::isPort, "a port from 1 to " + MAX_PORT);
		check(attributes, AttributeNames.CNAME, DomainNames::isValid, "a domain name such as 'example.com'");
		check(attributes, AttributeNames.ALIAS, DomainNames::isValid, "the DNS name of a load balancer");
		check(attributes, AttributeNames.EC2_INSTANCE_ID, Ec2Instances::isId,
				"the id of an EC2 instance such as 'i-0abcd1234efab5678'");
	}

	private static void check(Map<String, String> attributes, String name, Predicate<String> valid, String expected) {
		String value = attributes.get(name);
		if (value != null && !valid.test(value)) {
			throw RegistryException
				.invalid("The attribute %s must be %s, but is '%s'.".formatted(name, expected, value));
		}
	}

	private static void checkHealth(Service service, Map<String, String> attributes) {
		if (!attributes.containsKey(AttributeNames.INITIAL_HEALTH)) {
			return;
		}
		if (service.customHealth() == null) {
			throw RegistryException.invalid(
					"%s applies only to instances of a service with a HealthCheckCustomConfig, which the service '%s' does not have."
						.formatted(AttributeNames.INITIAL_HEALTH, service.name()));
		}
		check(attributes, AttributeNames.INITIAL_HEALTH, Set.of("HEALTHY", "UNHEALTHY")::contains,
				"HEALTHY or UNHEALTHY");
	}

	private static void checkRecords(Service service, Map<String, String> attributes) {
		if (service.hasRecords(RecordType.A)) {
			require(service, RecordType.A, attributes, AttributeNames.IPV4);
		}
		if (service.hasRecords(RecordType.AAAA)) {
			require(service, RecordType.AAAA, attributes, AttributeNames.IPV6);
		}
		if (service.hasRecords(RecordType.CNAME)) {
			require(service, RecordType.CNAME, attributes, AttributeNames.CNAME);
		}
		if (service.hasRecords(RecordType.SRV)) {
			require(service, RecordType.SRV, attributes, AttributeNames.PORT);
			if (!attributes.containsKey(AttributeNames.IPV6)) {
				require(service, RecordType.SRV, attributes, AttributeNames.IPV4);
			}
		}
	}

	private static void require(Service service, RecordType type, Map<String, String> attributes, String name) {
		if (!attributes.containsKey(name)) {
			throw RegistryException
				.invalid("The service '%s' has %s records, so its instances need the attribute %s, which is missing."
					.formatted(service.name(), type, name));
		}
	}

	/**
	 * Requires port and address. The API reference requires the port for a Route 53
	 * health check, but does not mention the address.
	 */
	private static void checkEndpoint(Service service, Map<String, String> attributes) {
		if (service.healthCheck() == null) {
			return;
		}
		boolean addressed = attributes.containsKey(AttributeNames.IPV4) || attributes.containsKey(AttributeNames.IPV6);
		if (!addressed || !attributes.containsKey(AttributeNames.PORT)) {
			throw RegistryException.invalid(
					"The service '%s' has a HealthCheckConfig, so its instances need the attribute %s, which is missing."
						.formatted(service.name(),
								addressed ? AttributeNames.PORT : AttributeNames.IPV4 + " or " + AttributeNames.IPV6));
		}
	}

	private static boolean isPort(String value) {
		return DIGITS.matcher(value).matches() && value.length() <= 5 && Integer.parseInt(value) >= 1
				&& Integer.parseInt(value) <= MAX_PORT;
	}

	private static boolean isIpv6(String value) {
		if (!IPV6_CHARACTERS.matcher(value).matches()) {
			return false;
		}
		try {
			// A text with a colon is never resolved through DNS. IPv4-mapped addresses,
			// which AAAA records must not contain, result in an Inet4Address.
			return InetAddress.getByName(value) instanceof Inet6Address;
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

}
