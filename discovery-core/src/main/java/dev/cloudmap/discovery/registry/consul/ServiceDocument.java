package dev.cloudmap.discovery.registry.consul;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.JsonObjects;

/**
 * The document that registers an instance with an agent (Consul API, agent/service,
 * "Register Service").
 */
record ServiceDocument(ConsulSettings settings, InstanceRegistration instance) {

	/** The TTL of an instance without a lease. */
	static final Duration DEFAULT_TTL = Duration.ofSeconds(15);

	private static final String DEFAULT_MANAGEMENT_PATH = "/actuator";

	private static final int MAX_WEIGHT = 65_535;

	/**
	 * Returns the document.
	 * @param omitted receives the attributes that Consul can't hold
	 */
	String json(Map<String, String> omitted) {
		String id = ServiceId.of(this.instance.service().name(), this.instance.instanceId());
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("ID", id);
		document.put("Name", this.instance.service().name());
		document.put("Address", address(false));
		this.instance.port().ifPresent((port) -> document.put("Port", port));
		document.put("Tags",
				InstanceAttributes.splitTags(this.instance.attributes().getOrDefault(InstanceAttributes.TAGS, "")));
		document.put("Meta", MetaKeys.encode(storedAttributes(), omitted));
		if (this.instance.addresses().size() > 1) {
			document.put("TaggedAddresses",
					Map.of("lan_ipv4", tagged(address(false)), "lan_ipv6", tagged(address(true))));
		}
		int weight = weight();
		document.put("Weights", Map.of("Passing", weight, "Warning", weight));
		document.put("Checks", checks(id));
		return JsonObjects.write(document);
	}

	/** Address, port, initial health and tags have members of their own. */
	private Map<String, String> storedAttributes() {
		Map<String, String> stored = new LinkedHashMap<>(this.instance.attributes());
		stored.remove(InstanceAttributes.INIT_HEALTH_STATUS);
		stored.remove(InstanceAttributes.TAGS);
		return stored;
	}

	/** Returns the address of a family; the only one if there is no other. */
	private String address(boolean ipv6) {
		return this.instance.addresses()
			.stream()
			.filter((address) -> (address.indexOf(':') >= 0) == ipv6)
			.findFirst()
			.orElseGet(this.instance::address);
	}

	private Map<String, Object> tagged(String address) {
		return Map.of("Address", address, "Port", this.instance.port().orElse(0));
	}

	/** Consul's weights are positive. The attribute is also stored as it is. */
	private int weight() {
		try {
			String weight = this.instance.attributes().getOrDefault(InstanceAttributes.WEIGHT, "1");
			return Math.min(Math.max(Integer.parseInt(weight), 1), MAX_WEIGHT);
		}
		catch (NumberFormatException ex) {
			return 1;
		}
	}

	private List<Map<String, Object>> checks(String id) {
		List<Map<String, Object>> checks = new ArrayList<>();
		Map<String, Object> ttl = check(ServiceId.check(id), "Lease of the application");
		ttl.put("TTL", milliseconds(ttl()));
		checks.add(ttl);
		if (this.settings.check() == ConsulSettings.Check.HTTP) {
			Map<String, Object> http = check(ServiceId.check(id) + ":http", "Health of the application");
			http.put("HTTP", healthUrl());
			http.put("Interval", milliseconds(this.settings.checkInterval()));
			http.put("Timeout", milliseconds(this.settings.checkInterval()));
			// the agent calls an address, which is not in the certificate
			http.put("TLSSkipVerify", true);
			checks.add(http);
		}
		return checks;
	}

	private Map<String, Object> check(String id, String name) {
		Map<String, Object> check = new LinkedHashMap<>();
		check.put("CheckID", id);
		check.put("Name", name);
		check.put("Status", status(initialHealth()));
		check.put("DeregisterCriticalServiceAfter", milliseconds(this.settings.deregisterCriticalAfter()));
		return check;
	}

	private HealthStatus initialHealth() {
		return HealthStatus.UNHEALTHY.name()
			.equals(this.instance.attributes().get(InstanceAttributes.INIT_HEALTH_STATUS)) ? HealthStatus.UNHEALTHY
					: HealthStatus.HEALTHY;
	}

	/**
	 * Returns Consul's name of a health.
	 */
	static String status(HealthStatus health) {
		return (health == HealthStatus.UNHEALTHY) ? "critical" : "passing";
	}

	private Duration ttl() {
		try {
			String lease = this.instance.attributes().get(InstanceAttributes.LEASE);
			return (lease != null && Long.parseLong(lease) > 0) ? Duration.ofSeconds(Long.parseLong(lease))
					: DEFAULT_TTL;
		}
		catch (NumberFormatException ex) {
			return DEFAULT_TTL;
		}
	}

	/**
	 * Returns the URL of the HTTP check, which is on the management server if there is
	 * one.
	 */
	private String healthUrl() {
		Map<String, String> attributes = this.instance.attributes();
		String managementPort = attributes.get(InstanceAttributes.MANAGEMENT_PORT);
		String scheme = attributes.get(InstanceAttributes.MANAGEMENT_SCHEME);
		if (scheme == null) {
			scheme = "true".equals(attributes.get(InstanceAttributes.SECURE)) ? "https" : "http";
		}
		String port = (managementPort != null) ? managementPort : Integer.toString(this.instance.port().orElse(80));
		String address = address(false);
		String host = (address.indexOf(':') >= 0) ? "[" + address + "]" : address;
		return scheme + "://" + host + ":" + port + path(this.settings.httpCheckPath(), attributes);
	}

	private static String path(@Nullable String configured, Map<String, String> attributes) {
		if (configured != null) {
			return configured.startsWith("/") ? configured : "/" + configured;
		}
		String management = attributes.get(InstanceAttributes.MANAGEMENT_CONTEXT_PATH);
		return Objects.requireNonNullElse(management, DEFAULT_MANAGEMENT_PATH).replaceFirst("/+$", "") + "/health";
	}

	private static String milliseconds(Duration duration) {
		return duration.toMillis() + "ms";
	}

}
