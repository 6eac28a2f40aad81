package dev.cloudmap.discovery.registry.consul;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Converts the instances in answers of Consul, which may be registered by any program.
 */
final class InstanceReader {

	private static final int MAX_PORT = 65_535;

	private static final String NODE_MAINTENANCE = "_node_maintenance";

	private static final String SERVICE_MAINTENANCE = "_service_maintenance:";

	private static final Logger logger = LoggerFactory.getLogger(InstanceReader.class);

	private final Function<ServiceName, @Nullable Integer> defaultPort;

	private final LogLimit logLimit = new LogLimit();

	/**
	 * Creates the reader.
	 * @param defaultPort returns the port of a service whose instances have no port, or
	 * null
	 */
	InstanceReader(Function<ServiceName, @Nullable Integer> defaultPort) {
		this.defaultPort = defaultPort;
	}

	/**
	 * Reads the instances of a service. The same id on several nodes is made unique by
	 * the name of the node.
	 * @param entries the elements of an answer of {@code /v1/health/service/<name>}
	 * @return the instances that can be called
	 */
	List<ConsulInstance> read(ServiceName service, List<Object> entries) {
		Set<Object> ids = new HashSet<>();
		Set<Object> repeated = entries.stream()
			.map((entry) -> String.valueOf(member(entry, "Service").get("ID")))
			.filter((id) -> !ids.add(id))
			.collect(Collectors.toSet());
		List<ConsulInstance> instances = new ArrayList<>();
		for (Object entry : entries) {
			Map<?, ?> registered = member(entry, "Service");
			Map<?, ?> node = member(entry, "Node");
			String id = ServiceId.instanceId(service.name(), text(registered, "ID"));
			if (repeated.contains(registered.get("ID"))) {
				id = id + "@" + text(node, "Node");
			}
			List<?> checks = (entry instanceof Map<?, ?> all && all.get("Checks") instanceof List<?> list) ? list
					: List.of();
			boolean maintenance = checks.stream().anyMatch(InstanceReader::isMaintenance);
			Instance instance = read(service, id, registered, node, health(checks));
			if (instance != null) {
				instances.add(new ConsulInstance(instance, maintenance));
			}
		}
		return List.copyOf(instances);
	}

	private @Nullable Instance read(ServiceName service, String id, Map<?, ?> registered, Map<?, ?> node,
			HealthStatus health) {
		String address = text(registered, "Address");
		String host = canonical(address.isEmpty() ? text(node, "Address") : address);
		Integer port = (registered.get("Port") instanceof Number number && number.intValue() != 0) ? number.intValue()
				: this.defaultPort.apply(service);
		if (id.isEmpty() || !canBePartOfUri(host) || port == null || port < 1 || port > MAX_PORT) {
			if (this.logLimit.allows(service + "/" + id)) {
				logger.warn(
						"Instance {} of {} can't be called: expected an address and a port, found '{}' and {}."
								+ " Register it with a port, or set discovery.lookup.services[{}].port",
						id, service, host, port, service);
			}
			return null;
		}
		return new Instance(service, id, host, port, health, attributes(registered));
	}

	/**
	 * Returns the attributes of a service: its metadata, its tags, and its weight if it
	 * is not the default.
	 */
	private static Map<String, String> attributes(Map<?, ?> registered) {
		Map<String, String> attributes = MetaKeys.decode(meta(registered));
		attributes.keySet().removeIf((name) -> name.startsWith(InstanceAttributes.RESERVED_PREFIX));
		attributes.putAll(tags(registered));
		if (member(registered, "Weights").get("Passing") instanceof Number weight && weight.intValue() > 1) {
			attributes.putIfAbsent(InstanceAttributes.WEIGHT, Integer.toString(weight.intValue()));
		}
		return attributes;
	}

	private static Map<String, String> tags(Map<?, ?> registered) {
		return (registered.get("Tags") instanceof List<?> tags && !tags.isEmpty()) ? Map.of(InstanceAttributes.TAGS,
				InstanceAttributes.joinTags(tags.stream().map(String::valueOf).toList())) : Map.of();
	}

	private static Map<String, String> meta(Map<?, ?> registered) {
		Map<String, String> meta = new LinkedHashMap<>();
		member(registered, "Meta").forEach((key, value) -> {
			if (value != null) {
				meta.put(String.valueOf(key), String.valueOf(value));
			}
		});
		return meta;
	}

	/**
	 * Returns the attributes with which an instance was registered, including address and
	 * port.
	 * @param registered an answer of {@code /v1/agent/service/<id>}
	 */
	static Map<String, String> registeredAttributes(Map<String, Object> registered) {
		Map<String, String> attributes = MetaKeys.decode(meta(registered));
		attributes.putAll(tags(registered));
		String address = text(registered, "Address");
		if (address.indexOf(':') >= 0) {
			attributes.put(InstanceAttributes.IPV6, address);
		}
		else {
			attributes.put(InstanceAttributes.IPV4, address);
			String ipv6 = text(member(member(registered, "TaggedAddresses"), "lan_ipv6"), "Address");
			if (!ipv6.isEmpty()) {
				attributes.put(InstanceAttributes.IPV6, ipv6);
			}
		}
		if (registered.get("Port") instanceof Number port && port.intValue() != 0) {
			attributes.put(InstanceAttributes.PORT, Integer.toString(port.intValue()));
		}
		return attributes;
	}

	/**
	 * Returns a number that changes when a service is registered, changed or
	 * deregistered.
	 * @param registered the elements of an answer of {@code /v1/catalog/service/<name>}
	 */
	static long checksum(List<Object> registered) {
		CRC32C checksum = new CRC32C();
		registered.stream()
			.map((service) -> text(member(service), "Node") + " " + text(member(service), "ServiceID") + " "
					+ text(member(service), "ModifyIndex") + "\n")
			.sorted()
			.forEach((line) -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
		return checksum.getValue();
	}

	/**
	 * Returns the health of an instance. A warning is a state of an instance that
	 * receives requests, as in Consul's DNS.
	 */
	private static HealthStatus health(List<?> checks) {
		return checks.stream().anyMatch((check) -> "critical".equals(member(check).get("Status")))
				? HealthStatus.UNHEALTHY : HealthStatus.HEALTHY;
	}

	private static boolean isMaintenance(Object check) {
		String id = text(member(check), "CheckID");
		return id.equals(NODE_MAINTENANCE) || id.startsWith(SERVICE_MAINTENANCE);
	}

	private static boolean canBePartOfUri(String host) {
		try {
			return new URI("http://" + ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + "/")
				.getAuthority() != null;
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	/**
	 * Returns an IPv6 address in the form that DNS lookups return, so that both sources
	 * yield equal instances.
	 */
	private static String canonical(String host) {
		InetAddress address = (host.indexOf(':') >= 0) ? IpLiteral.find(host) : null;
		return (address != null) ? IpLiteral.format(address) : host;
	}

	private static Map<?, ?> member(@Nullable Object object) {
		return (object instanceof Map<?, ?> members) ? members : Map.of();
	}

	private static Map<?, ?> member(@Nullable Object object, String name) {
		return member(member(object).get(name));
	}

	private static String text(Map<?, ?> members, String name) {
		return Objects.toString(members.get(name), "");
	}

}
